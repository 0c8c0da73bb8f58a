import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { countCharacters, freeText, textBounds } from '../../model/text.ts';
import { anyCharacter } from '../support/characters.ts';

const title = freeText(textBounds.title);

/** The stored text, or why it is refused. */
function parse(text: string): string {
  const result = title.safeParse(text);
  return result.success ? result.data : `refused: ${result.error.issues[0]?.message}`;
}

const anyText = fc.oneof(
  fc.string({ unit: anyCharacter, maxLength: 200 }),
  fc.string({ unit: 'grapheme', maxLength: 200 }),
  // Lone surrogates, marks, invisible characters and separators between ordinary characters.
  fc
    .array(
      fc.constantFrom(
        ...'aé漢😀',
        ' ',
        '\ud800',
        '\udc00',
        '\u0301',
        '\u200b',
        '\u202e',
        '\u2028',
        '\n',
        '\u3164',
      ),
      { maxLength: 200 },
    )
    .map(parts => parts.join('')),
);

describe('free text', () => {
  test('that is accepted is well formed, normalized, trimmed, visible, on one line and within its limits', () => {
    fc.assert(
      fc.property(anyText, text => {
        const result = title.safeParse(text);
        if (!result.success) return;
        const { data } = result;
        expect(data.isWellFormed()).toBe(true);
        expect(data).toBe(data.normalize('NFC'));
        expect(data).toBe(data.trim());
        expect(data).toMatch(/[\p{L}\p{N}\p{P}\p{S}]/u);
        expect(data).not.toMatch(/[\p{Cc}\p{Zl}\p{Zp}\u202a-\u202e\u2066-\u2069]/u);
        expect(countCharacters(data)).toBeLessThanOrEqual(textBounds.title.characters);
        expect(Buffer.byteLength(data)).toBeLessThanOrEqual(textBounds.title.bytes);
        // Validating a stored text again changes nothing.
        expect(title.parse(data)).toBe(data);
        expect(Buffer.from(data).toString()).toBe(data);
      }),
    );
  });

  test.each([
    '\u200b',
    '\u200e',
    '\u3164',
    '\uffa0',
    '\u2800',
    '\u00ad',
    '\u2060',
    '\u0301',
    '\u{1d159}',
    '\ufe0f',
    '\u115f',
    '\u200d\u200d',
    '\u{e0041}',
    ' \u200b ',
  ])('without a visible character is refused: %j', text => {
    expect(parse(text)).toBe('refused: must have a visible character');
  });

  test.each([
    ['', 'must not be empty'],
    [' \t\u00a0\u3000', 'must not be empty'],
  ])('%j is refused: %s', (text, message) => {
    expect(parse(text)).toBe(`refused: ${message}`);
  });

  test.each(['a\u2028b', 'a\u2029b', 'a\nb', 'a\u0000b', 'a\u0085b'])(
    'of more than one line, or with control characters, is refused: %j',
    text => {
      expect(parse(text)).toBe('refused: must be one line without control characters');
    },
  );

  test.each(['Free\u202eexe.gnp', 'a\u2066b', 'a\u202db'])(
    'that changes the direction of text is refused: %j',
    text => {
      expect(parse(text)).toBe('refused: must not have characters that change the direction of text');
    },
  );

  test.each(['a\ud800', '\udc00a', '\ude00\ud83d'])('with a lone surrogate is refused: %j', text => {
    expect(parse(text)).toContain('refused: must be well-formed Unicode');
  });

  test.each([
    'Ünïcödé',
    'مرحبا',
    '\u200fעברית',
    'नमस्ते',
    '👨‍👩‍👧‍👦',
    '❤️',
    '🏴\u{e0067}\u{e0062}\u{e0065}\u{e006e}\u{e0067}\u{e007f}',
    '…',
    '١٢',
    'น้ำ',
  ])('of any script is stored unchanged: %s', text => {
    expect(parse(text)).toBe(text.normalize('NFC'));
  });

  test('is measured in the characters that people see', () => {
    const { characters, bytes } = textBounds.title;
    expect(parse('a'.repeat(characters))).toBe('a'.repeat(characters));
    expect(parse('a'.repeat(characters + 1))).toBe('refused: must have at most 140 characters (got 141)');
    expect(parse('\u{1f600}'.repeat(100))).toBe('\u{1f600}'.repeat(100));
    expect(parse('a\u0301'.repeat(100))).toBe('\u00e1'.repeat(100));
    expect(parse('x\u0301'.repeat(characters))).toBe('x\u0301'.repeat(characters));
    expect(parse(`x${'\u0301'.repeat(bytes)}`)).toBe(
      `refused: must have at most ${characters} characters and ${bytes} bytes of UTF-8 (got ${2 * bytes + 1} bytes)`,
    );
  });

  test('is measured without surrounding white space and after normalization', () => {
    expect(parse('  cafe\u0301 ')).toBe('café');
  });
});
