import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import * as z from '../model/zod.ts';

/** A row as DynamoDB's attribute values. */
export type Item = Record<string, AttributeValue>;

/** An attribute has a type that `itemText` does not support. */
export class UnknownTypeError extends Error {
  override readonly name = 'UnknownTypeError';
}

/**
 * Formats a row as one line of DynamoDB JSON: numbers keep their digits, and sets stay sets. Members are
 * sorted by name, so equal rows have equal texts.
 *
 * @throws UnknownTypeError when an attribute has an unsupported type.
 */
export function itemText(item: Item): string {
  return JSON.stringify(members(item));
}

function members(map: Item): object {
  const names = Object.keys(map).sort();
  return Object.fromEntries(names.map(name => [name, attributeJson(map[name])]));
}

function attributeJson(value: AttributeValue | undefined): object {
  if (value?.M !== undefined) return { M: members(value.M) };
  if (value?.L !== undefined) return { L: value.L.map(attributeJson) };
  // DynamoDB returns the members of a set in no particular order.
  if (value?.SS !== undefined) return { SS: [...value.SS].sort() };
  if (value?.NS !== undefined) return { NS: [...value.NS].sort() };
  if (value?.B !== undefined) return { B: Buffer.from(value.B).toString('base64') };
  if (value?.S !== undefined) return { S: value.S };
  if (value?.N !== undefined) return { N: value.N };
  if (value?.BOOL !== undefined) return { BOOL: value.BOOL };
  if (value?.NULL !== undefined) return { NULL: value.NULL };
  throw new UnknownTypeError(
    `it has an attribute of the type ${Object.keys(value ?? {}).join()}, which this project does not use`,
  );
}

const attribute: z.ZodMiniType<AttributeValue> = z.lazy(() =>
  z.union([
    z.strictObject({ S: z.string() }),
    z.strictObject({ N: z.string() }),
    z.strictObject({ BOOL: z.boolean() }),
    z.strictObject({ M: item }),
    z.strictObject({ L: z.array(attribute) }),
    z.strictObject({ SS: z.array(z.string()) }),
    z.strictObject({ NS: z.array(z.string()) }),
    z.strictObject({ NULL: z.literal(true) }),
    z.strictObject({
      B: z.pipe(
        z.base64(),
        z.transform(text => new Uint8Array(Buffer.from(text, 'base64'))),
      ),
    }),
  ]),
);
const item = z.record(z.string(), attribute);

/**
 * Parses a line that `itemText` wrote.
 *
 * @returns undefined when the line is not valid.
 */
export function parseItem(text: string): Item | undefined {
  try {
    return item.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}
