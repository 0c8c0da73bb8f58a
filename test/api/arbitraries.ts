import fc from 'fast-check';
import { z } from 'zod';
import { anyCharacter } from '../support/characters.ts';
import type { OpenApiDocument } from './openApi.ts';

type Json = z.infer<ReturnType<typeof z.json>>;

/**
 * The JSON Schema keywords that the generators understand. Any other keyword fails the test that meets it.
 */
const jsonSchema = z.strictObject({
  $ref: z.string().optional(),
  type: z.union([z.string(), z.array(z.string())]).optional(),
  enum: z.array(z.json()).optional(),
  const: z.json().optional(),
  anyOf: z.array(z.json()).optional(),
  allOf: z.array(z.json()).optional(),
  properties: z.record(z.string(), z.json()).optional(),
  required: z.array(z.string()).optional(),
  additionalProperties: z.json().optional(),
  items: z.json().optional(),
  maxItems: z.number().optional(),
  pattern: z.string().optional(),
  format: z.string().optional(),
  minLength: z.number().optional(),
  maxLength: z.number().optional(),
  minimum: z.number().optional(),
  maximum: z.number().optional(),
  default: z.json().optional(),
  description: z.string().optional(),
  example: z.json().optional(),
});

/** Values that `schema` allows. */
export function valid(document: OpenApiDocument, schema: Json): fc.Arbitrary<Json> {
  const found = jsonSchema.parse(schema);
  if (found.$ref !== undefined) return valid(document, resolve(document, found.$ref));
  if (found.const !== undefined) return fc.constant(found.const);
  if (found.enum !== undefined) return fc.constantFrom(...found.enum);
  if (found.anyOf !== undefined) return fc.oneof(...found.anyOf.map(one => valid(document, one)));
  const { type } = found;
  if (Array.isArray(type))
    return fc.oneof(...type.map(one => valid(document, { ...found, type: one } as Json)));
  switch (type) {
    case 'string':
      return strings(found);
    case 'integer':
      return fc.integer({ min: found.minimum ?? -1_000_000, max: found.maximum ?? 1_000_000 });
    case 'boolean':
      return fc.boolean();
    case 'null':
      return fc.constant(null);
    case 'array':
      return fc.array(valid(document, found.items ?? {}), { maxLength: Math.min(5, found.maxItems ?? 5) });
    case 'object': {
      const members: Record<string, fc.Arbitrary<Json>> = {};
      for (const [name, member] of Object.entries(found.properties ?? {}))
        members[name] = valid(document, member);
      return fc.record<Record<string, Json>>(members, { requiredKeys: found.required ?? [] });
    }
    default:
      throw new Error(`no generator for the schema ${JSON.stringify(schema)}`);
  }
}

function strings({
  pattern,
  minLength = 0,
  maxLength = 200,
}: z.infer<typeof jsonSchema>): fc.Arbitrary<string> {
  if (pattern !== undefined) return fc.stringMatching(new RegExp(pattern));
  const unit = fc.constantFrom('grapheme' as const, anyCharacter, 'grapheme-ascii' as const);
  return unit.chain(each => fc.string({ minLength, maxLength, unit: each }));
}

function resolve(document: OpenApiDocument, reference: string): Json {
  const schema = document.components.schemas[reference.replace('#/components/schemas/', '')];
  if (schema === undefined) throw new Error(`${reference} does not resolve`);
  return schema;
}

/**
 * Text that often breaks parsers: control characters, lone surrogates, injections, path traversals, long
 * text.
 */
export const hostileText: fc.Arbitrary<string> = fc.oneof(
  fc.string({ unit: anyCharacter, maxLength: 300 }),
  fc.constantFrom(
    '\u0000',
    '\ud800',
    '\udfff\ud800',
    '\u202e',
    '{{7*7}}',
    "' OR 1=1 --",
    '#a = :b',
    '../../etc/passwd',
    '%00',
    '%zz',
    '__proto__',
    'constructor',
    'toString',
    '-0',
    '1e999',
    'null',
    'true',
    'e\u0301'.repeat(70),
    '\u{1f468}\u200d\u{1f469}'.repeat(50),
    'a'.repeat(5_000),
  ),
);

/** Any JSON value, whatever the schema. */
export const hostileJson: fc.Arbitrary<Json> = fc.oneof(
  hostileText,
  fc.jsonValue({ maxDepth: 4 }).map(value => JSON.parse(JSON.stringify(value)) as Json),
  fc.constantFrom<Json>(null, true, 0, -1, 1e308, 5e-324, Number.MAX_SAFE_INTEGER + 2, '', [], {}, [
    [[[[]]]],
  ]),
  fc.constant(JSON.parse('{"__proto__":{"admin":true},"constructor":{"prototype":1}}') as Json),
);

/** A value like one of `values`, with a member missing, an extra member, or a member of any value. */
export function nearly(values: fc.Arbitrary<Json>): fc.Arbitrary<Json> {
  return fc
    .tuple(values, fc.nat(), hostileText, hostileJson, fc.constantFrom('omit', 'add', 'replace'))
    .map(([value, at, name, anything, how]) => {
      if (typeof value !== 'object' || value === null || Array.isArray(value)) return anything;
      const names = Object.keys(value);
      const member = names[at % Math.max(1, names.length)];
      const entries = Object.entries(value);
      if (how === 'add' || member === undefined) return Object.fromEntries([...entries, [name, anything]]);
      const rest = entries.filter(([other]) => other !== member);
      return Object.fromEntries(how === 'omit' ? rest : [...rest, [member, anything]]);
    });
}
