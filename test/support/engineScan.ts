import { z } from 'zod';

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
      // The engine reads the credentials and checks no signature.
      'x-amz-date': '20260115T100000Z',
      authorization:
        'AWS4-HMAC-SHA256 Credential=local/20260115/us-west-2/dynamodb/aws4_request, SignedHeaders=host, Signature=0',
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
