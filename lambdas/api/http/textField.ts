import { freeText, type TextBounds } from '../../../model/text.ts';
import * as z from '../../../model/zod.ts';

/**
 * A free text in a body, with the bounds that a JSON schema can express. A text never has fewer bytes than
 * characters, so the byte limit is also a character limit.
 */
export const textField = (bounds: TextBounds) =>
  freeText(bounds).check(z.meta({ type: 'string', minLength: 1, maxLength: bounds.bytes }));

/**
 * Returns the largest size in bytes of the JSON form of a text within `bounds`, including quotes. JSON can
 * write each UTF-16 unit in six bytes (`\u0061`), and NFC composes up to three units into one character of
 * two bytes (U+0390).
 */
export const longestJson = ({ bytes }: TextBounds) => 2 + (3 * 6 * bytes) / 2;
