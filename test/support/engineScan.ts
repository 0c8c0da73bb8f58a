import { z } from 'zod';
import { signature } from './dynamoRules.ts';

const page = z.object({
  Count: z.number(),
  Items: z.array(z.unknown()).default([]),
  LastEvaluatedKey: z.unknown().optional(),
});

/**
 * All rows of a table in the engine's JSON, or their number. Does not use the SDK, which takes many times
 * longer to parse rows that a test only counts or compares. Fails if the table does not fit into one page.
 */
export async function engineScan(
  endpoint: string,
  TableName: string,
  what: 'rows' | 'count',
): Promise<{ readonly count: number; readonly rows: readonly unknown[] }> {
  const response = await fetch(endpoint, {
    method: 'POST',
    headers: {
      'content-type': 'application/x-amz-json-1.0',
      'x-amz-target': 'DynamoDB_20120810.Scan',
      ...signature,
    },
    body: JSON.stringify({
      TableName,
      ConsistentRead: true,
      ...(what === 'count' ? { Select: 'COUNT' } : {}),
    }),
  });
  const { Count, Items, LastEvaluatedKey } = page.parse(await response.json());
  if (LastEvaluatedKey !== undefined) throw new Error(`${TableName} has more than a page of rows`);
  return { count: Count, rows: Items };
}
