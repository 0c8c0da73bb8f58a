// Characters that replace similar-looking ones. Forms that Unicode itself maps to another character
// (full-width, mathematical, circled, accented) are not listed here: `foldText` handles them. The selection
// follows Unicode's confusables (UTS #39), restricted to look-alikes of small Latin letters.

const pairs = (from: string, to: string): ReadonlyMap<string, string> => {
  const targets = [...to];
  return new Map([...from].map((char, at) => [char, targets[at] ?? char]));
};

/** Letters of Latin script that are read as the plain letter in every word. */
export const latinVariants: ReadonlyMap<string, string> = new Map([
  ...pairs(
    'ıłøđħŧƒɑɡɩʀɪʏʟɢʙʜɴɓɖɗƙɱŋƥƭʋʌᴀᴄᴅᴇꜰᴊᴋᴍᴏᴘꞯꜱᴛᴜᴠᴡᴢɛɔϲ',
    'ilodhtfagiriylgbhnbddkmnptvuacdefjkmopqstuvwzeoc',
  ),
  // One character that becomes several letters. It is masked with them.
  ['ß', 'ss'],
  ['æ', 'ae'],
  ['œ', 'oe'],
  ['ς', 'σ'],
  ['ſ', 's'],
]);

/** Cyrillic letters that replace Latin ones. */
export const cyrillicAsLatin = pairs('асеорхуіѕјһԁԛԝвкмнтгьиьпзӏ', 'aceopxyisjhdqwbkmhtrbubnel');

/** Latin letters that replace Cyrillic ones. */
export const latinAsCyrillic = pairs('aceopxybkmhtu', 'асеорхувкмнти');

/**
 * The letters of `cyrillicAsLatin` that look the same as Latin ones. A word of only these letters may be
 * meant as a Latin word.
 */
export const sameAsLatin: ReadonlySet<string> = new Set('асеорхуіѕјһԁԛԝӏ');

/** Greek letters that replace Latin ones. */
export const greekAsLatin = pairs('αβγεηικνορστυχωμ', 'abyenikvopstuxwu');

/** Digits and signs that replace Latin letters, with the letters that they may replace. */
export const leetLetters: ReadonlyMap<string, string> = new Map([
  ['0', 'o'],
  ['1', 'il'],
  ['2', 'z'],
  ['3', 'e'],
  ['4', 'a'],
  ['5', 's'],
  ['7', 't'],
  ['8', 'b'],
  ['9', 'g'],
  ['@', 'a'],
  ['$', 's'],
  ['!', 'il'],
  ['|', 'il'],
  ['+', 't'],
  ['€', 'e'],
  ['¢', 'c'],
  ['£', 'l'],
]);
