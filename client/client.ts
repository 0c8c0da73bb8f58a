import createClient, { type Client, type ClientOptions } from 'openapi-fetch';
import type { paths } from './schema.ts';

export interface ApiClientOptions extends ClientOptions {
  /** Where the API is, without `/v1`. */
  readonly baseUrl: string;
  /** Gives the access token of who asks; undefined for a guest. Asked at each request, so it may be refreshed. */
  readonly accessToken?: () => string | undefined | Promise<string | undefined>;
}

/** A client of the API that knows its paths, parameters, bodies and answers. */
export type ApiClient = Client<paths>;

/**
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
