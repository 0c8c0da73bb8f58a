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
