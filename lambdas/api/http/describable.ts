import type { z } from '@hono/zod-openapi';
import { freeText, type TextBounds } from '../../../model/text.ts';

/**
 * A schema of the model's with `.openapi`. That method is given to schemas as they are made, once this library is
 * loaded; the model, which does not know it, may be loaded before.
 */
export function describable<S extends z.ZodType>(schema: S): S {
  return schema.clone();
}

/** A free text in a body, with the bounds that a JSON schema can state: no text has fewer bytes than characters. */
export function textField(bounds: TextBounds) {
  return describable(freeText(bounds)).openapi({ type: 'string', minLength: 1, maxLength: bounds.bytes });
}

/**
 * The most bytes that a JSON text takes for a text within `bounds`, quotes included and white space around it not. JSON
 * can write each UTF-16 unit as six bytes (`\u0061`), and NFC makes up to three units one character of two bytes (U+0390).
 */
export const longestJson = ({ bytes }: TextBounds) => 2 + (3 * 6 * bytes) / 2;
