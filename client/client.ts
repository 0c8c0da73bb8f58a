import createClient, { type Client, type ClientOptions } from 'openapi-fetch';
import type { paths } from './schema.ts';

export interface ApiClientOptions extends ClientOptions {
  /** The base URL of the API, without `/v1`. */
  readonly baseUrl: string;
  /**
   * Returns the caller's access token, or undefined for a guest. It is called for each request, so the token
   * may change.
   */
  readonly accessToken?: () => string | undefined | Promise<string | undefined>;
}

/** A typed client of the API: its paths, parameters, bodies and responses. */
export type ApiClient = Client<paths>;

/**
 * Creates a client of the API that sends the caller's access token with each request.
 *
 * ```ts
 * const api = apiClient({ baseUrl: 'http://localhost:3000' });
 * const { data, error } = await api.GET('/v1/channels', { params: { query: { isLive: 'true' } } });
 * ```
 */
export function apiClient({ accessToken = () => undefined, ...options }: ApiClientOptions): ApiClient {
  const client = createClient<paths>(options);
  client.use({
    async onRequest({ request }) {
      const token = await accessToken();
      if (token !== undefined) request.headers.set('Authorization', `Bearer ${token}`);
      return request;
    },
  });
  return client;
}
