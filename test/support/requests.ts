import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { z } from 'zod';

/** The names of the requests that a client has sent since the last call. Retries are not counted. */
export function recordRequests(client: DynamoDBDocumentClient): () => string[] {
  let sent: string[] = [];
  client.middlewareStack.add(
    (next, context) => args => {
      sent.push(String(context['commandName']).replace(/Command$/, ''));
      return next(args);
    },
    { step: 'initialize', name: 'recordRequests' },
  );
  return () => {
    const taken = sent;
    sent = [];
    return taken;
  };
}

const writes = /^(?:Put|Update|Delete|BatchWrite|TransactWrite)Command$/;
const inputs = z.object({
  TableName: z.string().optional(),
  RequestItems: z.record(z.string(), z.unknown()).default({}),
  TransactItems: z.array(z.record(z.string(), z.object({ TableName: z.string() }))).default([]),
});

/** The names of the tables to which a client has written since the last call. A refused write changes nothing. */
export function recordWrites(client: DynamoDBDocumentClient): () => string[] {
  let tables: string[] = [];
  client.middlewareStack.add(
    (next, context) => async args => {
      const result = await next(args);
      if (writes.test(String(context['commandName']))) {
        const { TableName, RequestItems, TransactItems } = inputs.parse(args.input);
        const items = TransactItems.flatMap(item => Object.values(item).map(({ TableName }) => TableName));
        tables.push(...(TableName === undefined ? [] : [TableName]), ...Object.keys(RequestItems), ...items);
      }
      return result;
    },
    { step: 'initialize', name: 'recordWrites' },
  );
  return () => {
    const taken = tables;
    tables = [];
    return taken;
  };
}
