import { createHmac } from 'node:crypto';
import { z } from 'zod';
import { ORIGIN_SECRET_HEADER, VIEWER_ADDRESS_HEADER } from '../../../model/originSecret.ts';
import { SIGN_IN_CHECK_SECONDS } from '../../../model/session.ts';
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
    ...(token === undefined ? {} : { authorization: `Bearer ${older(token)}` }),
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

/** The token as if it had been issued earlier, so that the function reads its sign-in. */
function older(token: string): string {
  const [header = '', payload = '', signature = ''] = token.split('.');
  const claims = z.looseObject({ iat: z.number() }).safeParse(readJson(payload));
  if (!claims.success) return token;
  const iat = claims.data.iat - SIGN_IN_CHECK_SECONDS;
  const body = Buffer.from(JSON.stringify({ ...claims.data, iat })).toString('base64url');
  const sign = (text: string) => createHmac('sha256', SECRET).update(text).digest('base64url');
  // A forged token stays one.
  return signature === sign(`${header}.${payload}`)
    ? `${header}.${body}.${sign(`${header}.${body}`)}`
    : token;
}

const readJson = (text: string): unknown => JSON.parse(Buffer.from(text, 'base64url').toString());

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
