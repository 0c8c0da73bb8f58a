import createClient, { type Client, type ClientOptions } from 'openapi-fetch';
import { MAX_RETRY_AFTER, sendAgain } from './retry.ts';
import type { paths } from './schema.ts';
import type { Session } from './session.ts';

export interface ApiClientOptions extends Omit<ClientOptions, 'fetch'> {
  /** The base URL of the API, without `/v1`. */
  readonly baseUrl: string;
  /** The sign-in whose access token is sent. Without it, and without `accessToken`, the caller is a guest. */
  readonly session?: Pick<Session, 'accessToken' | 'renew' | 'transmit'>;
  /** Returns the caller's access token, or undefined for a guest. For callers that manage tokens themselves. */
  readonly accessToken?: () => string | undefined | Promise<string | undefined>;
  readonly fetch?: (request: Request) => Promise<Response>;
  /** The longest time in seconds to wait for a retry. Answers that ask for more are returned. Default: 10. */
  readonly maxRetryAfter?: number;
}

/** A typed client of the API: its paths, parameters, bodies and responses. */
export type ApiClient = Client<paths>;

/**
 * Creates a client of the API that sends the caller's access token with each request.
 *
 * A request that is answered with 401 is sent once more with a renewed token of the `session`. A request whose
 * answer has `Retry-After` is sent again after that time, up to three times: see `sendAgain`.
 *
 * ```ts
 * const session = createSession({ baseUrl, store: webStore(localStorage) });
 * const api = apiClient({ baseUrl, session });
 * const { data, error } = await api.GET('/v1/channels', { params: { query: { isLive: 'true' } } });
 * ```
 */
export function apiClient(options: ApiClientOptions): ApiClient {
  const { session, accessToken = session?.accessToken, maxRetryAfter = MAX_RETRY_AFTER, ...rest } = options;
  const fetchNow = options.fetch ?? globalThis.fetch;
  const send = (request: Request) => session?.transmit(request, fetchNow) ?? fetchNow(request);

  const fetch = async (request: Request): Promise<Response> => {
    let token = await accessToken?.();
    let isRenewed = false;
    return sendAgain(request, maxRetryAfter, async copy => {
      const answer = await send(withToken(copy.clone(), token));
      if (answer.status !== 401 || token === undefined || session === undefined || isRenewed) return answer;
      isRenewed = true;
      token = await session.renew(token);
      return token === undefined ? answer : send(withToken(copy, token));
    });
  };
  return createClient<paths>({ ...rest, fetch });
}

/** A page of a list. */
interface PageAnswer<T> {
  readonly data?: { readonly items: readonly T[]; readonly nextCursor: string | null };
  readonly error?: unknown;
}

/**
 * Yields the items of a list, page by page. A page is requested when its first item is needed.
 *
 * ```ts
 * const live = listItems(cursor => api.GET('/v1/channels', { params: { query: { isLive: 'true', ...cursor } } }));
 * for await (const channel of live) console.log(channel.username);
 * ```
 *
 * @throws the problem document of a page that was refused
 */
export async function* listItems<T>(
  getPage: (cursor: { readonly cursor?: string }) => Promise<PageAnswer<T>>,
): AsyncGenerator<T, void, undefined> {
  for (let cursor: string | null | undefined; cursor !== null; ) {
    const { data, error } = await getPage(cursor === undefined ? {} : { cursor });
    if (data === undefined) throw error;
    yield* data.items;
    cursor = data.nextCursor;
  }
}

function withToken(request: Request, token: string | undefined): Request {
  if (token !== undefined) request.headers.set('Authorization', `Bearer ${token}`);
  return request;
}
