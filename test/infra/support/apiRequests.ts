import { z } from 'zod';
import { ORIGIN_SECRET_HEADER, VIEWER_ADDRESS_HEADER } from '../../../model/originSecret.ts';
import { gatewayEvent, responseOf } from '../../api/gateway.ts';
import { type AssembledStack, SECRET } from './assembledStack.ts';

type Functions = Pick<AssembledStack, 'invoke'>;

export interface ApiRequest {
  readonly method?: string;
  /** An access token. */
  readonly token?: string;
  /** Sent as JSON. */
  readonly body?: unknown;
  readonly idempotencyKey?: string;
  /** The address of the viewer. */
  readonly viewer?: string;
}

/** Sends a request to a resource's function, as CloudFront and API Gateway do. The body of an empty answer is `undefined`. */
export async function requestApi(
  functions: Functions,
  resource: string,
  path: string,
  { method = 'GET', token, body, idempotencyKey, viewer = '198.51.100.7' }: ApiRequest = {},
): Promise<{ readonly status: number; readonly body: unknown }> {
  const text = body === undefined ? undefined : JSON.stringify(body);
  const headers = {
    [ORIGIN_SECRET_HEADER.toLowerCase()]: SECRET,
    [VIEWER_ADDRESS_HEADER.toLowerCase()]: `${viewer}:50211`,
    ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
    ...(idempotencyKey === undefined ? {} : { 'idempotency-key': idempotencyKey }),
    ...(text === undefined
      ? {}
      : { 'content-type': 'application/json', 'content-length': String(Buffer.byteLength(text)) }),
  };
  const event = { ...gatewayEvent(path, { method, headers }), ...(text === undefined ? {} : { body: text }) };
  const answer = responseOf(await functions.invoke(resource, event));
  const received = await answer.text();
  return { status: answer.status, body: received === '' ? undefined : JSON.parse(received) };
}

const listAnswer = z.object({ items: z.array(z.unknown()), nextCursor: z.string().nullable() });

/** Counts the items of a list, which it reads in pages of one. */
export async function countList(
  functions: Functions,
  resource: string,
  path: string,
  request: ApiRequest = {},
): Promise<number> {
  const separator = path.includes('?') ? '&' : '?';
  let count = 0;
  let after = '';
  for (;;) {
    const page = `${path}${separator}limit=1${after}`;
    const { status, body } = await requestApi(functions, resource, page, request);
    if (status !== 200) throw new Error(`${path} was answered with ${status}: ${JSON.stringify(body)}`);
    const { items, nextCursor } = listAnswer.parse(body);
    count += items.length;
    if (nextCursor === null) return count;
    after = `&cursor=${nextCursor}`;
  }
}
