import { isDeepStrictEqual } from 'node:util';
import type { UpdateCommandInput } from '@aws-sdk/lib-dynamodb';

type Expression = Required<
  Pick<UpdateCommandInput, 'UpdateExpression' | 'ExpressionAttributeNames' | 'ExpressionAttributeValues'>
>;

/**
 * An update that sets each member of `attributes`, and removes each that is undefined. Attributes not named
 * are left as they are, so a newer version's attributes survive an older version's write.
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

/** The attributes of `after` that are not as in `before`, undefined where `after` has none. */
export function differences<T extends object>(before: T, after: T): Partial<Record<keyof T, unknown>> {
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])] as (keyof T)[];
  const changed = names.filter(name => !isDeepStrictEqual(before[name], after[name]));
  return Object.fromEntries(changed.map(name => [name, after[name]])) as Partial<Record<keyof T, unknown>>;
}
