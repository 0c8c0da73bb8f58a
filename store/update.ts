import { isDeepStrictEqual } from 'node:util';
import type { UpdateCommandInput } from '@aws-sdk/lib-dynamodb';

type Expression = Required<
  Pick<UpdateCommandInput, 'UpdateExpression' | 'ExpressionAttributeNames' | 'ExpressionAttributeValues'>
>;

/**
 * Returns an update that sets each member of `attributes` and removes each undefined one. Other attributes
 * stay unchanged, so attributes of a newer version survive a write by an older version.
 */
export function setAll(attributes: Readonly<Record<string, unknown>>): Expression {
  const names = Object.keys(attributes);
  const set = names.filter(name => attributes[name] !== undefined);
  const remove = names.filter(name => attributes[name] === undefined);
  const parts = [
    ...(set.length === 0 ? [] : [`SET ${set.map(name => `#${name} = :${name}`).join(', ')}`]),
    ...(remove.length === 0 ? [] : [`REMOVE ${remove.map(name => `#${name}`).join(', ')}`]),
  ];
  return {
    UpdateExpression: parts.join(' '),
    ExpressionAttributeNames: Object.fromEntries(names.map(name => [`#${name}`, name])),
    ExpressionAttributeValues: Object.fromEntries(set.map(name => [`:${name}`, attributes[name]])),
  };
}

/**
 * Returns the attributes of `after` that differ from `before`, as undefined when `after` does not have them.
 */
export function differences<T extends object>(before: T, after: T): Partial<Record<keyof T, unknown>> {
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])] as (keyof T)[];
  const changed = names.filter(name => !isDeepStrictEqual(before[name], after[name]));
  return Object.fromEntries(changed.map(name => [name, after[name]])) as Partial<Record<keyof T, unknown>>;
}
