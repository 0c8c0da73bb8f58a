import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { builtInLexicons } from '../../lambdas/chatReview/builtInLexicon.ts';
import { foldText } from '../../lambdas/chatReview/foldText.ts';
import { lexiconOfTerms } from '../../lambdas/chatReview/lexicon.ts';
import { maskText } from '../../lambdas/chatReview/maskText.ts';
import { listedWords, nameWords } from '../../lambdas/chatReview/vocabulary.ts';
import { anyCharacter } from '../support/characters.ts';

const mask = (text: string) => maskText(text, builtInLexicons(text));

/** Texts with many matches: listed words and parts of them, with separators in between. */
const hostile = fc
  .array(
    fc.oneof(
      fc.constantFrom(...listedWords()),
      fc
        .constantFrom(...listedWords())
        .chain(word => fc.shuffledSubarray([...word]).map(part => part.join(''))),
      fc.constantFrom(...listedWords(), 'fuck', 'shit', '他妈的').map(word => [...word].join('.')),
      fc.constantFrom(
        ' ',
        '',
        '.',
        '-',
        '*',
        '\u200b',
        '\u0301',
        '!',
        '$',
        '\n',
        '💩',
        '妈妈的',
        'f',
        'u',
        'c',
        'k',
      ),
      fc.string({ unit: anyCharacter, maxLength: 6 }),
    ),
    { maxLength: 12 },
  )
  .map(parts => parts.join(''));

describe('masking', () => {
  test('keeps the length of a text, and only replaces characters by asterisks', () => {
    fc.assert(
      fc.property(hostile, text => {
        const [before, after] = [[...text], [...mask(text)]];
        expect(after).toHaveLength(before.length);
        expect(after.filter((char, at) => char !== before[at] && char !== '*')).toEqual([]);
      }),
      { numRuns: 200 },
    );
  });

  test('changes nothing in a masked text', () => {
    fc.assert(
      fc.property(hostile, text => {
        const masked = mask(text);
        // A match beside other letters, also with signs in between, leaves asterisks that can stand for letters of a
        // disguised word.
        fc.pre(
          !/[\p{L}\p{M}\p{N}][^\p{L}\p{M}\p{N}\s*]*\*|\*[^\p{L}\p{M}\p{N}\s*]*[\p{L}\p{M}\p{N}]/u.test(
            masked,
          ),
        );
        expect(mask(masked)).toBe(masked);
      }),
      { numRuns: 200 },
    );
  });

  test('keeps a text without letters', () => {
    const signs = fc.string({ unit: fc.constantFrom(...'0123456789$@!|+.,*-_ €👍'), maxLength: 60 });
    fc.assert(
      fc.property(signs, text => {
        expect(mask(text)).toBe(text);
      }),
    );
  });

  test('finds a listed word under any accents, capitals, widths and invisible characters', () => {
    const names = nameWords();
    const listed = listedWords().filter(word => /^[a-z]{4,}$/.test(word) && !names.has(word));
    const words = listed.filter(word => mask(word) !== word);
    // A few listed words are not masked: an innocent word with repeated letters looks the same.
    expect(listed.length - words.length).toBeLessThan(4);
    const disguises = fc.array(
      fc.constantFrom<(letter: string) => string>(
        letter => letter,
        letter => letter.toUpperCase(),
        letter => `${letter}\u0301\u0327`,
        letter => `\u200b${letter}\u00ad`,
        letter => String.fromCodePoint((letter.codePointAt(0) ?? 0) + 0xfee0),
        letter => String.fromCodePoint((letter.codePointAt(0) ?? 0) - 0x61 + 0x1d41a),
      ),
      { minLength: 24, maxLength: 24 },
    );
    fc.assert(
      fc.property(fc.constantFrom(...words), disguises, (word, [first, ...others]) => {
        const text = [...word].map((letter, at) => (others[at] ?? first)?.(letter) ?? letter).join('');
        expect(foldText(mask(`so ${text} there`)).filter(({ kind }) => kind === 'letter')).toHaveLength(7);
      }),
    );
  });

  test('takes steps in proportion to the length of the text, whatever the text and the terms are', () => {
    const alike = lexiconOfTerms(
      Array.from({ length: 100 }, (_, n) => 'a'.repeat((n % 64) + 1) + '1l'.repeat(n % 9)),
    );
    const units = ['a', 'i1l!', 'a a ', 'f.u.c.k', 'fu', '1', 'a$', '他妈', 'ﷺ', 'sh1', 'u v', 'аa'];
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...units), { minLength: 1, maxLength: 4 }), parts => {
        const stepsOf = (length: number) => {
          const work = { steps: 0 };
          const text = parts.join('').repeat(length).slice(0, length);
          maskText(text, [...builtInLexicons(text), alike], work);
          return work.steps;
        };
        const [short, long] = [stepsOf(1_000), stepsOf(8_000)];
        // For eight times the text, a quadratic matcher would need sixty-four times the steps.
        expect(long).toBeLessThan(8 * short * 1.5 + 2_000);
        expect(long).toBeLessThan(8_000 * 400);
      }),
      { numRuns: 40 },
    );
  });
});

test('a blocked term is found as typed, also with characters that are special in a regular expression', () => {
  const part = fc.string({ unit: fc.constantFrom(...'abc.*+?^{}$()|[]\\/-'), minLength: 1, maxLength: 8 });
  fc.assert(
    fc.property(part, part, (before, after) => {
      const term = `wort${before.replace(/[abc]/g, '')}ende`;
      const masked = maskText(`(${after}) ${term} x`, [lexiconOfTerms([term])]);
      // Parts that are more than three characters apart do not count as one phrase.
      if (before.replace(/[abc]/g, '').length <= 3)
        expect(
          foldText(masked)
            .map(({ char }) => char)
            .join(''),
        ).not.toMatch(/wort|ende/);
      expect([...masked]).toHaveLength([...`(${after}) ${term} x`].length);
    }),
  );
});

test('the character that stretches Arabic words is removed, also as a part of a ligature', () => {
  expect(foldText('\u0640')).toEqual([]);
  expect(foldText('\ufcf2')).toEqual([]);
});

test('folding a folded text changes nothing', () => {
  fc.assert(
    fc.property(fc.string({ unit: anyCharacter, maxLength: 40 }), text => {
      const read = (from: string) =>
        foldText(from)
          .map(({ char }) => char)
          .join('');
      expect(read(read(text))).toBe(read(text));
    }),
    { numRuns: 300 },
  );
});
