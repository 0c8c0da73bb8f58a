import { describe, expect, test } from '@jest/globals';
import { builtInLexicons } from '../../lambdas/chatReview/builtInLexicon.ts';
import { maskText } from '../../lambdas/chatReview/maskText.ts';
import { ordinaryExamples, ordinarySentences, reviewFigures } from '../support/reviewSentences.ts';

const mask = (text: string) => maskText(text, builtInLexicons(text));
const figures = reviewFigures(mask);

// No assertion shows a sentence: only counts.
describe('of sentences with words of other packages', () => {
  test('no template is masked by itself', () => {
    expect(figures.maskedTemplates).toBe(0);
  });

  test('at least 95 % are masked in each of at least twelve languages, English and Spanish among them', () => {
    const good = figures.languages.filter(({ recall }) => recall >= 0.95).map(({ language }) => language);
    expect(good.length).toBeGreaterThanOrEqual(12);
    expect(good).toEqual(expect.arrayContaining(['en', 'es']));
  });

  // The half that nobody looked at while changing the review is measured by itself.
  test.each(['heldOut', 'others'] as const)('at least 95 %% of all are masked: %s', half => {
    expect(figures[half]).toBeGreaterThanOrEqual(0.95);
  });

  test.each([
    ['plain', 0.95],
    ['upper case', 0.95],
    ['starred', 0.95],
    ['joined', 0.95],
    // docs/chat.md says why this one is not reached.
    ['spaced', 0.86],
  ] as const)('spelled %s, at least %d are masked over all languages', (spelling, least) => {
    expect(figures.spellings[spelling]).toBeGreaterThanOrEqual(least);
  });
});

describe('of ordinary sentences', () => {
  test.each(ordinaryExamples)('%s stays', text => {
    expect(mask(text)).toBe(text);
  });

  test('at most 5 of 1,000 are masked', () => {
    expect(new Set(ordinarySentences(1_000)).size).toBeGreaterThan(950);
    expect(figures.maskedOrdinary).toBeLessThanOrEqual(5);
  });
});
