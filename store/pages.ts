import { paginateQuery, QueryCommand, type QueryCommandInput } from '@aws-sdk/lib-dynamodb';
import type * as z from '../model/zod.ts';
import type { Database } from './database.ts';

/** A primary key, or the key after which a query continues: only the key attributes. */
export type Key = Readonly<Record<string, string | number>>;

/** Some rows of a list, and the key after which the next page starts. The last page has no `next`. */
export interface Page<T> {
  readonly items: readonly T[];
  readonly next?: Key;
}

export interface PageRequest {
  readonly limit: number;
  readonly after?: Key | undefined;
}

/** Runs `query` for one page. One request. */
export async function queryPage<T>(
  database: Database<never>,
  row: z.ZodMiniType<T>,
  query: QueryCommandInput,
  { limit, after }: PageRequest,
): Promise<Page<T>> {
  const answer = await database.client.send(
    new QueryCommand({ ...query, Limit: limit, ExclusiveStartKey: after }),
  );
  const items = (answer.Items ?? []).map(item => row.parse(item));
  return answer.LastEvaluatedKey === undefined ? { items } : { items, next: answer.LastEvaluatedKey };
}

/** Runs `query` to its end and yields each row. */
export async function* queryAll<T>(
  database: Database<never>,
  row: z.ZodMiniType<T>,
  query: QueryCommandInput,
): AsyncGenerator<T> {
  for await (const page of paginateQuery({ client: database.client }, query)) {
    for (const item of page.Items ?? []) yield row.parse(item);
  }
}
