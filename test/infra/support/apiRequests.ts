import { z } from 'zod';
import { gatewayEvent } from '../../api/gateway.ts';
import type { AssembledStack } from './assembledStack.ts';

type Functions = Pick<AssembledStack, 'invoke'>;

const gatewayResult = z.object({ statusCode: z.number(), body: z.string() });

/** Sends a GET request to a resource's function, as API Gateway does. */
export async function requestApi(
  functions: Functions,
  resource: string,
  path: string,
): Promise<{ readonly status: number; readonly body: unknown }> {
  const result = await functions.invoke(resource, gatewayEvent(path));
  const { statusCode, body } = gatewayResult.parse(result);
  return { status: statusCode, body: JSON.parse(body) };
}

const listAnswer = z.object({ items: z.array(z.unknown()), nextCursor: z.string().nullable() });

/** Reads a list to its end, one item a page, and counts what it holds. */
export async function countList(functions: Functions, resource: string, path: string): Promise<number> {
  const separator = path.includes('?') ? '&' : '?';
  let count = 0;
  let after = '';
  for (;;) {
    const { status, body } = await requestApi(functions, resource, `${path}${separator}limit=1${after}`);
    if (status !== 200) throw new Error(`${path} was answered with ${status}: ${JSON.stringify(body)}`);
    const { items, nextCursor } = listAnswer.parse(body);
    count += items.length;
    if (nextCursor === null) return count;
    after = `&cursor=${nextCursor}`;
  }
}
