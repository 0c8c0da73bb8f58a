import type { Random } from './random.ts';

/** Words of at most eight letters: a longer one would make a username too long. */
export const animals = [
  'otter',
  'badger',
  'heron',
  'lynx',
  'puffin',
  'marten',
  'gecko',
  'ibis',
  'walrus',
  'falcon',
  'beaver',
  'dingo',
  'osprey',
  'tapir',
  'weasel',
  'magpie',
  'urchin',
] as const;

/** The shared categories of random channels, each with a generator of stream titles. */
export const genres: readonly { readonly name: string; readonly title: (random: Random) => string }[] = [
  { name: 'Just Chatting', title: random => `Coffee and questions from ${random.location.city()}` },
  {
    name: 'Gaming',
    title: random => `Road to ${random.word.adjective()} rank, day ${random.number.int(60)}`,
  },
  { name: 'Music', title: random => `${random.music.songName()}, requests open` },
  { name: 'Cooking', title: random => `${random.food.dish()} from scratch` },
  { name: 'Art', title: random => `Painting a ${random.color.human()} ${random.animal.type()}` },
  { name: 'Fitness', title: random => `${random.number.int({ min: 15, max: 60 })} minutes, no equipment` },
  {
    name: 'Science',
    title: random => `Why ${random.science.chemicalElement().name.toLowerCase()} behaves like that`,
  },
  { name: 'Travel', title: random => `Walking through ${random.location.city()}` },
  { name: 'Software', title: random => `We ${random.hacker.verb()} the ${random.hacker.noun()} live` },
  { name: 'Talk Shows', title: random => `Tonight: ${random.person.fullName()}` },
];

const greetings = [
  'hello from',
  'good evening from',
  'good morning from',
  'tuning in from',
  'it is 3 am in',
  'greetings from rainy',
];

/** What viewers write, whatever the stream is about. */
export const reactions = [
  'that was clean',
  'can you say that again?',
  'first time here, this is great',
  'the sound is a little low',
  'what are you using for this?',
  'no way',
  'wait, how did you do that',
  'see you all tomorrow',
  'just got home, what did I miss?',
  'this is my favorite part',
  'that made my day',
  'you make it look easy',
  'I tried this yesterday and it did not end well',
  'is this recorded? I have to go in ten minutes',
  'same here',
  'agreed',
  'can we see that from closer?',
  'how long have you been doing this?',
  'the picture is so sharp today',
  'watching this with my sister, she says hi',
  'I learned something again',
  'what is next?',
  'take your time',
  'you should do this every week',
  'brb, making tea',
  'I am back',
  'did anybody else hear that?',
  'wow',
  '😂',
  'more of this please',
  'that is not how I would have done it, but it works',
  'good luck!',
] as const;

export function chatContent(random: Random): string {
  if (!random.datatype.boolean(0.3)) return random.helpers.arrayElement(reactions);
  return `${random.helpers.arrayElement(greetings)} ${random.location.city()}`;
}

export const banReasons = ['spam', 'spoilers', 'rude to others', 'sells followers'] as const;

/** Harmless examples of blocked terms. */
export const unwantedTerms = [
  'first!!',
  'follow4follow',
  'cheap followers',
  'spoiler',
  'the ending',
] as const;
