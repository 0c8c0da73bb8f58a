// Characters that are written for others which they look like. What Unicode itself takes for a form of another
// character (full-width, mathematical, circled, accented) is not here: `foldText` asks Unicode for that.
// The choice follows Unicode's confusables (UTS #39), restricted to what stands for a small Latin letter.

const pairs = (from: string, to: string): ReadonlyMap<string, string> => {
  const targets = [...to];
  return new Map([...from].map((char, at) => [char, targets[at] ?? char]));
};

/** Letters of Latin script, read as the plain letter in any word. */
export const latinVariants: ReadonlyMap<string, string> = new Map([
  ...pairs(
    'ıłøđħŧƒɑɡɩʀɪʏʟɢʙʜɴɓɖɗƙɱŋƥƭʋʌᴀᴄᴅᴇꜰᴊᴋᴍᴏᴘꞯꜱᴛᴜᴠᴡᴢɛɔϲ',
    'ilodhtfagiriylgbhnbddkmnptvuacdefjkmopqstuvwzeoc',
  ),
  // Several letters for one: each is masked with it.
  ['ß', 'ss'],
  ['æ', 'ae'],
  ['œ', 'oe'],
  ['ς', 'σ'],
  // As `foldText` finds them, lower case being made of what comes first.
  ['ſ', 's'],
]);

/** Cyrillic letters that stand for Latin ones. */
export const cyrillicAsLatin = pairs('асеорхуіѕјһԁԛԝвкмнтгьиьпзӏ', 'aceopxyisjhdqwbkmhtrbubnel');

/** Latin letters that stand for Cyrillic ones. */
export const latinAsCyrillic = pairs('aceopxybkmhtu', 'асеорхувкмнти');

/** Those of `cyrillicAsLatin` that cannot be told from Latin: a word of nothing else may be meant as a Latin one. */
export const sameAsLatin: ReadonlySet<string> = new Set('асеорхуіѕјһԁԛԝӏ');

/** Greek letters that stand for Latin ones. */
export const greekAsLatin = pairs('αβγεηικνορστυχωμ', 'abyenikvopstuxwu');

/** Digits and signs that stand for Latin letters, by the letters they may stand for. */
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
