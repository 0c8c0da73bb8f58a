import { RefusedValuesError } from '../../../domain/errors.ts';

/**
 * Reviews texts that everybody can see, as messages are reviewed in chat. A chat room masks words, because a message
 * cannot be edited. Here the author is asked for another text.
 *
 * The words are loaded with the first text, so that they do not slow down a cold start.
 *
 * @param texts the texts by the names of their fields. Other values are ignored.
 * @throws RefusedValuesError when a text contains a word that is masked in every chat room
 */
export async function reviewTexts(texts: Readonly<Record<string, string | null | undefined>>): Promise<void> {
  const given = Object.entries(texts).flatMap(([field, text]) => (text ? [{ field, text }] : []));
  if (given.length === 0) return;
  const [{ builtInLexicons }, { maskText }] = await Promise.all([
    import('../../chatReview/builtInLexicon.ts'),
    import('../../chatReview/maskText.ts'),
  ]);
  const refused = given.flatMap(({ field, text }) => {
    const masked = maskText(text, builtInLexicons(text));
    return masked === text
      ? []
      : [{ field, message: `must not contain a word that is masked in chat (${masked})` }];
  });
  if (refused.length > 0) throw new RefusedValuesError(refused);
}
