import * as z from './zod.ts';

/** The maximum length of a text. */
export interface TextBounds {
  /** The maximum number of characters as users see them: grapheme clusters. */
  readonly characters: number;
  /** The maximum number of UTF-8 bytes, so that a few characters cannot contain thousands of code points. */
  readonly bytes: number;
}

/** Returns bounds that allow `characters` in any script, and emoji that consist of several code points. */
function boundsOf(characters: number): TextBounds {
  return { characters, bytes: 8 * characters };
}

/** The bounds of each text that users write, for the API and the seed file. */
export const textBounds = {
  title: boundsOf(140),
  // A token for chat carries it, with the rest of the profile, in attributes of at most 1 KB.
  displayName: boundsOf(50),
  bio: boundsOf(200),
  // Its letters and digits are part of a sort key, which has at most 1,024 bytes.
  category: boundsOf(100),
  chatMessage: boundsOf(500),
  banReason: boundsOf(200),
  blockedTerm: boundsOf(50),
} as const;

// Control characters, line and paragraph separators.
const notOneLine = /[\p{Cc}\p{Zl}\p{Zp}]/u;

// Embeddings, overrides and isolates: they can display a text in another order than its stored order.
const bidirectional = /[\u202a-\u202e\u2066-\u2069]/u;

// A base character that is visible. The braille blank and the null notehead are symbols that display nothing.
const visible = /(?!\p{Default_Ignorable_Code_Point}|[\u2800\u{1d159}])[\p{L}\p{N}\p{P}\p{S}]/u;

let segmenter: Intl.Segmenter | undefined;

/** Returns the number of characters of `text` as users see them. */
export function countCharacters(text: string): number {
  segmenter ??= new Intl.Segmenter('und');
  let count = 0;
  for (const _ of segmenter.segment(text)) count++;
  return count;
}

/**
 * Returns the stored form of a free text: NFC, without white space around it. The two encodings of `é` become
 * the same text for searches and lengths.
 */
function normalizeText(text: string): string {
  return text.normalize('NFC').trim();
}

/**
 * Checks a normalized text of one line.
 *
 * @returns the fault as the end of a sentence that starts with the field's name, or undefined for a valid
 * text.
 */
function textFault(text: string, { characters, bytes }: TextBounds): string | undefined {
  if (!text.isWellFormed()) return 'must be well-formed Unicode: it has half of a surrogate pair';
  if (text === '') return 'must not be empty';
  if (notOneLine.test(text)) return 'must be one line without control characters';
  if (bidirectional.test(text)) return 'must not have characters that change the direction of text';
  if (!visible.test(text)) return 'must have a visible character';
  const size = Buffer.byteLength(text);
  // Counting the characters of a very long text takes minutes.
  if (text.length > bytes)
    return `must have at most ${characters} characters and ${bytes} bytes of UTF-8 (got ${size} bytes)`;
  // A character has at least one UTF-16 unit, so only a longer text must be counted.
  const count = text.length > characters ? countCharacters(text) : text.length;
  if (count > characters) return `must have at most ${characters} characters (got ${count})`;
  return size > bytes ? `must have at most ${bytes} bytes of UTF-8 (got ${size})` : undefined;
}

/**
 * Returns the schema of a free text of one line, such as a title, a reason or a term. All code that accepts
 * text from users parses it with this schema, so no other text reaches a table.
 */
export function freeText(bounds: TextBounds) {
  return z.pipe(z.string('must be text'), z.transform(normalizeText)).check(
    z.superRefine((text, context) => {
      const message = textFault(text, bounds);
      if (message !== undefined) context.addIssue({ code: 'custom', message });
    }),
  );
}
