import { profaneWords } from '@2toad/profanity';
import { describe, expect, test } from '@jest/globals';
import { builtInLexicons } from '../../lambdas/chatReview/builtInLexicon.ts';
import { innocentPhrases, innocentWords } from '../../lambdas/chatReview/innocentWords.ts';
import { lexiconOfTerms } from '../../lambdas/chatReview/lexicon.ts';
import { lexiconOfLines, linesOf } from '../../lambdas/chatReview/lexiconLines.ts';
import { maskText } from '../../lambdas/chatReview/maskText.ts';
import { listedWords } from '../../lambdas/chatReview/vocabulary.ts';

const mask = (text: string) => maskText(text, builtInLexicons(text));

describe('a listed word is masked, one asterisk per character', () => {
  test.each([
    ['you fuck!', 'you ****!'],
    ['(BULLSHIT)', '(********)'],
    ["dick's shit-storm", "****'s ****-storm"],
    ['nice blow job', 'nice **** ***'],
    ['hijo de puta', '**** ** ****'],
    ['Scheiße', '*******'],
    ['scheisse', '********'],
    ['quel enculé', 'quel ******'],
    ['che cazzo dici', 'che ***** dici'],
    ['какая сука', 'какая ****'],
    ['يا عاهرة', 'يا *****'],
    ['तू चूंचियां', 'तू ********'],
    ['你他妈的', '你***'],
    ['fuck你', '****你'],
    ['これはクソだ', 'これは**だ'],
    ['페니스를', '***를'],
  ])('%s', (text, masked) => {
    expect(mask(text)).toBe(masked);
  });
});

describe('a call to self-harm is masked', () => {
  test.each([
    ['go kill yourself', 'go **** ********'],
    ['KYS', '***'],
    ['kill yourselves laughing', 'kill yourselves laughing'],
    ['simplemente suicídate', 'simplemente *********'],
    ['просто убей себя', 'просто **** ****'],
    ['hadi kendini öldür', 'hadi ******* *****'],
  ])('%s', (text, masked) => {
    expect(mask(text)).toBe(masked);
  });
});

describe('a disguised spelling of a listed word is masked', () => {
  test.each([
    ['accents', 'fück ƒùćķ', '**** ****'],
    ['combining marks', 'f\u0336u\u0336c\u0336k\u0336', '********'],
    ['invisible characters', 'f\u200bu\u00adc\u2060k', '*\u200b*\u00ad*\u2060*'],
    ['a change of direction', '\u202efuck\u202c', '\u202e****\u202c'],
    ['full width', 'ｆｕｃｋ', '****'],
    ['mathematical letters', '𝓯𝓾𝓬𝓴 𝐟𝐮𝐜𝐤', '**** ****'],
    ['letters in circles and squares', 'ⓕⓤⓒⓚ 🅵🆄🅲🅺', '**** ****'],
    ['small capitals', 'ꜰᴜᴄᴋ', '****'],
    ['Cyrillic in a Latin word', 'ѕhіt fuсk', '**** ****'],
    ['Greek in a Latin word', 'fυcκ', '****'],
    ['Latin in a Cyrillic word', 'cукa', '****'],
    ['digits for letters', '5h1t b00bs n1gg3r', '**** ***** ******'],
    ['signs for letters', '$hit sh!t a$$', '**** **** ***'],
    ['a v for a u, an l for an i, an I for an l', 'fvck shlt sIut', '**** **** ****'],
    ['letters repeated', 'fuuuuuck shiiit asssss fuuck', '******** ****** ****** *****'],
    ['stops between letters', 'f.u.c.k', '*.*.*.*'],
    ['spaces between letters', 'f u c k you', '* * * * you'],
    ['spaces between letters, and more letters', 'i f u c k u', 'i * * * * u'],
    ['a hyphen inside', 'fu-ck', '**-**'],
    ['a stop before the last letter', 'fuc.k', '***.*'],
    ['an emoji inside', 'f💩uck', '*💩***'],
    ['several disguises at once', 'ｆ．ù．ｃ．𝓴', '*．*．*．*'],
    ['voicing marks that stand alone', 'ﾌｧｯｸ', '****'],
    ['Hangul in its parts', '페니스'.normalize('NFD'), '*'.repeat('페니스'.normalize('NFD').length)],
  ])('%s', (_, text, masked) => {
    expect(mask(text)).toBe(masked);
  });
});

describe('innocent text is not changed', () => {
  test.each([
    'classic assassin in Scunthorpe, bass and grass: I pass class',
    'Dickens, cockpit, analysis, title, therapist, cull, put it, Sussex, Essex, shiitake, assess, peacock',
    '455 at 5:15, 5 or 6 for $5, 100% @home $$$',
    'my Samsung A55 and 1v1 2v2 50fps gr8 m8 l8r',
    'the pen.is mine',
    "who're you, it's hit or miss",
    'BAILS bails; Cook, cookie',
    'https://example.com/put-a-record?a=b|c&d=$e',
    'C++ C# a+b A.S.A.P. U.S.A.',
    'pour les amis: une bonne pipe de chine, je suis doux',
    'não, mais pão por favor, tudo bem',
    'das ist aus Mist, keine Lust',
    'çok güzel',
    'толстый кот и собака',
    '中国我爱 小时 他的妈妈的生日',
    '約束 やくそく マスタード カスタード ログイン',
    '한국어 카테고리',
    '👨‍👩‍👧‍👦 5️⃣ 🇫🇷',
    '',
    '\ud800 a lone half of a character \udc00',
  ])('%s', text => {
    expect(mask(text)).toBe(text);
  });

  test('each exception is a word that the library lists', () => {
    const listed = new Set([...profaneWords.values()].flat());
    expect([...innocentWords].filter(word => !listed.has(word))).toEqual([]);
  });
});

test('every listed word is masked, except those that are read as an innocent word or phrase', () => {
  // A listed phrase with spaces, in a script that has none between words. There, a space ends a word.
  const isBroken = (word: string) =>
    /[\p{Script=Thai}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Han}] /u.test(word);
  const missed = listedWords().filter(word => mask(word) === word && !isBroken(word));
  const withoutInnocent = lexiconOfLines(linesOf({ words: missed, innocent: [], names: new Set() }));
  expect(listedWords().length).toBeGreaterThan(5_000);
  expect(missed.filter(word => maskText(word, [withoutInnocent]) === word).length).toBe(0);
  expect(missed.length).toBeLessThan(10);
  // Those written in letters only are all listed as innocent phrases.
  const inLetters = missed.filter(word => /^\p{L}+$/u.test(word));
  expect(inLetters.filter(word => !innocentPhrases.includes(word))).toEqual([]);
});

test('a listed word is masked even if it is an innocent word with repeated letters', () => {
  const lexicon = lexiconOfLines(
    linesOf({ words: ['boot', 'boot camp'], innocent: ['bot', 'bot army', 'red boot'], names: new Set() }),
  );
  const maskIt = (text: string) => maskText(text, [lexicon]);
  expect(maskIt('boot BOOT b00t bot bots')).toBe('**** **** **** bot bots');
  expect(maskIt('a boot camp')).toBe('a **** ****');
  // This spelling could be either word.
  expect(maskIt('booot')).toBe('booot');
  // A longer innocent phrase stays innocent, with repeated letters too.
  expect(maskIt('boot army, red boot, red booot')).toBe('boot army, red boot, red booot');
});

test('a word of one character is masked on its own, and not inside other words', () => {
  const words = listedWords().filter(word => /^\p{Script=Han}$/u.test(word));
  expect(words.length).toBeGreaterThan(0);
  expect(words.filter(word => mask(`看 ${word}！`) !== '看 *！').length).toBe(0);
  expect(words.filter(word => mask(`看${word}花`) !== `看${word}花`).length).toBe(0);
});

describe('blocked terms', () => {
  const maskTerms = (terms: readonly string[], text: string) => maskText(text, [lexiconOfTerms(terms)]);

  test.each([
    ['spoiler', 'no sp0iler, no SPÓILER, no spoilers', 'no *******, no *******, no spoilers'],
    ['who dies', 'tell me who  dies or who-dies', 'tell me ***  **** or ***-****'],
    ['.*', 'a.*b and .* stay', 'a.*b and .* stay'],
    ['(a+)+$', 'aaaaaaaaaaaaaaaaaaaaaaaa!', 'aaaaaaaaaaaaaaaaaaaaaaaa!'],
    ['[a-z]', 'b [a-z] a z', 'b [*-*] * *'],
    ['c++', 'c++ and c and c+', '*** and c and c+'],
    ['e.t.', 'ET, e.t., E T and E.T phone, etc.', '**, *.*., * * and *.* phone, etc.'],
    ['E-T', 'et alone, e/t', '** alone, */*'],
    ['C#', 'C# and C, not cc or abc', '*# and *, not cc or abc'],
    ['i', 'I, i and î; not l, 1, ii or in', '*, * and *; not l, 1, ii or in'],
    ['5€', '5€ and 5, not 55', '*€ and *, not 55'],
    ['終', '終わり', '*わり'],
    ['A55', 'the a55 and 55', 'the *** and 55'],
    ['19', 'covid 19, not 2019', 'covid **, not 2019'],
    ['ネタバレ', '超ネタバレだ', '超****だ'],
    ['爱', '我爱你', '我*你'],
  ])('%s matches literally, and as a whole word in scripts that separate words', (term, text, masked) => {
    expect(maskTerms([term], text)).toBe(masked);
  });

  test('an empty term or one of punctuation blocks nothing', () => {
    expect(maskTerms(['', ' ', '!!!', '***', '\u200b'], '!!! *** a b')).toBe('!!! *** a b');
  });
});
