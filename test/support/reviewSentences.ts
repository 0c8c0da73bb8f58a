import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { allFakers, type Faker, faker } from '@faker-js/faker';
import { cuss as english } from 'cuss';
import { cuss as spanish } from 'cuss/es';
import { cuss as french } from 'cuss/fr';
import { cuss as italian } from 'cuss/it';
import naughtyWords from 'naughty-words';

// Sentences that measure the chat review. The abusive words come from packages that the review does not use,
// and are
// read from there when a test runs, so that this repository contains none of them.

const load = createRequire(import.meta.url);
/** The string literals in a piece of JavaScript. */
const stringsIn = (code: string): readonly string[] =>
  (code.match(/"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'/g) ?? []).map(literal =>
    literal
      .slice(1, -1)
      .replaceAll(/\\(?:u(\w{4})|x(\w{2}))/g, (_, long: string | undefined, short: string) =>
        String.fromCharCode(Number.parseInt(long ?? short, 16)),
      ),
  );

/**
 * The list of `glin-profanity` in a language. Its bundle has the list as a variable, and does not export it.
 */
function glinWords(language: string): readonly string[] {
  const bundle = readFileSync(load.resolve('glin-profanity'), 'utf8');
  const from = bundle.indexOf(`var ${language}_default = {`);
  if (from < 0) throw new Error(`glin-profanity has no list for ${language}`);
  return stringsIn(bundle.slice(from, bundle.indexOf('\n};', from)));
}

const curseWords = (code: string) =>
  stringsIn(readFileSync(join(dirname(load.resolve('curse-filter')), 'langs', `${code}.js`), 'utf8'));

/**
 * How likely a word is meant as profanity, from 0 to 2. The lists also have terms of anatomy, medicine and
 * everyday life, which are rated below 2 and are harmless in a harmless sentence.
 */
const ratings: Readonly<Record<string, Readonly<Record<string, number>>>> = {
  en: english,
  es: spanish,
  fr: french,
  it: italian,
};

const read = (list: readonly string[]) =>
  new Set(list.map(word => word.normalize('NFC').toLowerCase().trim()));

interface Language {
  /** The names that `glin-profanity` and `curse-filter` use. */
  readonly glin: string;
  readonly curse?: string;
  /**
   * Words for a language that `curse-filter` lacks and whose `glin-profanity` list has mostly everyday words.
   */
  readonly others?: readonly string[];
  readonly templates: readonly ((word: string) => string)[];
}

const languages: Readonly<Record<string, Language>> = {
  en: {
    glin: 'english',
    curse: 'en',
    templates: [w => `look at this ${w} over there`, w => `the ${w} is here again`],
  },
  de: {
    glin: 'german',
    curse: 'de',
    templates: [w => `schau mal, ${w} ist wieder da`, w => `heute ${w} im Chat`],
  },
  ru: {
    glin: 'russian',
    curse: 'ru',
    templates: [w => `смотри, ${w} снова здесь`, w => `сегодня ${w} в чате`],
  },
  pl: {
    glin: 'polish',
    curse: 'pl',
    templates: [w => `zobacz, ${w} znowu tutaj`, w => `dzisiaj ${w} na czacie`],
  },
  fi: {
    glin: 'finnish',
    curse: 'fi',
    templates: [w => `katso, ${w} on taas täällä`, w => `tänään ${w} chatissa`],
  },
  nl: { glin: 'dutch', curse: 'nl', templates: [w => `kijk, ${w} daar weer`, w => `vandaag ${w} hier`] },
  hi: { glin: 'hindi', curse: 'hi', templates: [w => `देखो ${w} फिर यहाँ`, w => `आज ${w} यहाँ`] },
  es: { glin: 'spanish', curse: 'es', templates: [w => `mira, ${w} otra vez aquí`, w => `hoy ${w} aquí`] },
  fr: { glin: 'french', curse: 'fr', templates: [w => `regarde, ${w} encore ici`, w => `hier ${w} ici`] },
  it: { glin: 'italian', curse: 'it', templates: [w => `guarda, ${w} ancora qui`, w => `oggi ${w} qui`] },
  cs: { glin: 'czech', templates: [w => `podívej, ${w} znovu tady`, w => `dnes ${w} tady`] },
  da: { glin: 'danish', templates: [w => `kig, ${w} igen her`, w => `nu ${w} her`] },
  hu: { glin: 'hungarian', templates: [w => `nézd, ${w} megint itt`, w => `ma ${w} itt`] },
  sv: { glin: 'swedish', templates: [w => `titta, ${w} igen här`, w => `idag ${w} här`] },
  tr: {
    glin: 'turkish',
    others: naughtyWords.tr,
    templates: [w => `bak, ${w} yine burada`, w => `bugün ${w} sohbette`],
  },
  ko: { glin: 'korean', templates: [w => `여기 ${w} 있어요`, w => `오늘 ${w} 채팅`] },
  ja: { glin: 'japanese', templates: [w => `今日は ${w} です`, w => `ここに ${w} がいる`] },
  zh: { glin: 'chinese', templates: [w => `今天 ${w} 在这里`, w => `看 ${w} 又来了`] },
};

export const spellings = {
  plain: (word: string) => word,
  'upper case': (word: string) => word.toUpperCase(),
  starred: (word: string) => word.slice(0, word.length >> 1).concat('*', word.slice((word.length >> 1) + 1)),
  spaced: (word: string) => word.slice(0, word.length >> 1).concat(' ', word.slice(word.length >> 1)),
  joined: (word: string) => `${word}you`,
} as const;
export type SpellingName = keyof typeof spellings;

export interface HostileSentence {
  readonly language: string;
  readonly spelling: SpellingName;
  /** True for the half of the words that is not looked at while the review is changed. */
  readonly isHeldOut: boolean;
  readonly before: string;
  readonly text: string;
}

/**
 * A sentence for each word and each spelling. Where both packages have a language, only words that both list
 * are used, because each list alone has words that are not abusive. Words that `cuss` rates below 2 are left
 * out. Only single words of five Latin letters or more are disguised.
 */
function hostileSentences(): readonly HostileSentence[] {
  return Object.entries(languages).flatMap(([language, { glin, curse, others, templates }]) => {
    const list = curse === undefined ? others : curseWords(curse);
    const confirmed = list === undefined ? undefined : read(list);
    const listed = [...read(glinWords(glin))].filter(
      word => (confirmed?.has(word) ?? true) && (ratings[language]?.[word] ?? 2) === 2,
    );
    return listed.flatMap((word, index) =>
      spellingNames.flatMap(spelling => {
        if (isDisguise(spelling) && !/^[a-z]{5,}$/.test(word)) return [];
        const template = templates[index % templates.length];
        if (template === undefined) return [];
        return [
          {
            language,
            spelling,
            isHeldOut: isHeldOut(word),
            before: template(''),
            text: template(spellings[spelling](word)),
          },
        ];
      }),
    );
  });
}

/** Half of all words, the same half in every run. */
const isHeldOut = (word: string) => createHash('sha256').update(word).digest().readUInt8(0) % 2 === 1;

const spellingNames = Object.keys(spellings).filter((name): name is SpellingName => name in spellings);
const isDisguise = (spelling: SpellingName) => spelling !== 'plain' && spelling !== 'upper case';

const locales = [
  'en',
  'de',
  'fr',
  'es',
  'it',
  'pt_BR',
  'ru',
  'pl',
  'tr',
  'nl',
  'ja',
  'zh_CN',
  'ko',
  'sv',
] as const;
const ordinaryTemplates: readonly ((local: Faker) => string)[] = [
  ({ person, location }) => `hello ${person.firstName()} from ${location.city()}!`,
  ({ person, location }) => `${person.firstName()} ${person.lastName()} lives in ${location.street()}`,
  ({ person }) => `${person.lastName()} scored twice, and ${person.lastName()} saved the penalty`,
  ({ location }) => `the train to ${location.city()} is late again`,
  ({ person }) => `we saw a ${faker.animal.bird()} and a ${faker.animal.insect()} with ${person.firstName()}`,
  ({ person }) => `${person.firstName()}'s ${faker.animal.dog()} chased the ${faker.animal.cat()}`,
  () => `is that a ${faker.animal.snake()} or a ${faker.animal.fish()}?`,
  () => `tonight ${faker.food.dish()} with ${faker.food.ingredient()}, then ${faker.food.fruit()}`,
  () => `add ${faker.food.spice()} and ${faker.food.vegetable()} and stir for an hour`,
  () => `${faker.music.songName()} by ${faker.music.artist()} is next on the list`,
  () => `I read ${faker.book.title()} by ${faker.book.author()}`,
  () => `the doctor asked about ${faker.science.chemicalElement().name} and the ${medicine()}`,
  ({ location }) => `the ${faker.person.jobTitle()} moved to ${location.city()}`,
  () => `can you ${faker.word.verb()} the ${faker.word.adjective()} ${faker.word.noun()}?`,
];

const medicine = () =>
  faker.helpers.arrayElement(
    'prostate|penis|vagina|breast screening|rectum|uterus|semen sample|testicle|anus|nipple|cervix|urine test|colon'.split(
      '|',
    ),
  );

/** Ordinary sentences, with names, places, animals, food, music, books and medicine of many languages. */
export function ordinarySentences(count: number): readonly string[] {
  faker.seed(20_260_115);
  return Array.from({ length: count }, (_, n) => {
    const local = allFakers[locales[n % locales.length] ?? 'en'];
    local.seed(n);
    return ordinaryTemplates[Math.floor(n / locales.length) % ordinaryTemplates.length]?.(local) ?? '';
  });
}

export const ordinaryExamples: readonly string[] =
  `same-sex marriage|sex education|Dick Van Dyke|cul-de-sac|great tit|tit for tat|Butts|Gaylord|cigarette butt|Maine Coon cat|
  Moby Dick|Same-Sex Marriage|a cul de sac in Essex|Scunthorpe|the classic assassin passed|woodpecker|it's hit number one|
  as she said|who read it|Mr Butts met Mrs Gaylord|silk shirts and hard cheese|los gatos del río|
  chili con carne|das ist ein schöner Tag|je suis au bureau|jestem w domu|bugün hava çok güzel|сегодня хорошая погода`
    .split('|')
    .map(text => text.trim());

/**
 * How many hostile sentences a mask finds, by language and by spelling, and how many of 1,000 ordinary ones.
 */
export function reviewFigures(mask: (text: string) => string) {
  const isMasked = (text: string) => mask(text) !== text;
  const hostile = hostileSentences().map(one => ({ ...one, isFound: isMasked(one.text) }));
  const recallOf = (some: readonly { readonly isFound: boolean }[]) =>
    some.filter(({ isFound }) => isFound).length / some.length;
  return {
    maskedTemplates: hostile.filter(({ before }) => isMasked(before)).length,
    languages: Object.keys(languages).map(language => {
      const plain = hostile.filter(one => one.language === language && one.spelling === 'plain');
      return { language, sentences: plain.length, recall: recallOf(plain) };
    }),
    spellings: Object.fromEntries(
      spellingNames.map(name => [name, recallOf(hostile.filter(({ spelling }) => spelling === name))]),
    ) as Record<SpellingName, number>,
    heldOut: recallOf(hostile.filter(one => one.isHeldOut && one.spelling === 'plain')),
    others: recallOf(hostile.filter(one => !one.isHeldOut && one.spelling === 'plain')),
    maskedOrdinary: ordinarySentences(1_000).filter(isMasked).length,
  };
}
