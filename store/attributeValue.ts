import type { AttributeValue } from '@aws-sdk/client-dynamodb';

/** A row as plain data. Members that are undefined are not stored. */
export type PlainRow = Readonly<Record<string, unknown>>;

/**
 * Converts a row to DynamoDB's attribute values. Rows may contain text, finite numbers, booleans, lists and
 * maps.
 *
 * @throws TypeError for any other value.
 */
export function toItem(row: PlainRow): Record<string, AttributeValue> {
  const item: Record<string, AttributeValue> = {};
  for (const name in row) {
    const value = row[name];
    if (value !== undefined) item[name] = toAttribute(value);
  }
  return item;
}

function toAttribute(value: unknown): AttributeValue {
  if (typeof value === 'string') return { S: value };
  if (typeof value === 'number' && Number.isFinite(value)) return { N: String(value) };
  if (typeof value === 'boolean') return { BOOL: value };
  if (Array.isArray(value)) return { L: value.map(toAttribute) };
  if (typeof value === 'object' && value !== null) return { M: toItem({ ...value }) };
  throw new TypeError(`a row cannot hold ${String(value)}`);
}
