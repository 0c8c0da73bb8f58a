import { z } from 'zod';

/** The HTTP API refused a request. */
export class ApiRefusedError extends Error {
  override readonly name = 'ApiRefusedError';
  constructor(
    readonly status: number,
    message: string,
  ) {
    super(message);
  }
}

/** The HTTP API of the local stack, as a front end calls it. */
export interface LocalApi {
  /**
   * Sends a request, as the user of `accessToken` if given. Parses the response body with `schema`.
   * @throws ApiRefusedError
   */
  call<T>(
    method: 'GET' | 'POST' | 'PATCH',
    path: string,
    schema: z.ZodType<T>,
    options?: { readonly body?: object; readonly accessToken?: string },
  ): Promise<T>;
}

const problem = z.object({ detail: z.string() });

type Send = (url: string, init: RequestInit) => Promise<Response>;

export function localApi(apiUrl: string, send: Send = fetch): LocalApi {
  return {
    call: async (method, path, schema, { body, accessToken } = {}) => {
      const response = await send(`${apiUrl}/v1${path}`, {
        method,
        headers: {
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
          ...(accessToken === undefined ? {} : { authorization: `Bearer ${accessToken}` }),
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
      const text = await response.text();
      const answer: unknown = JSON.parse(text);
      if (response.ok) return schema.parse(answer);
      const { detail = text } = problem.safeParse(answer).data ?? {};
      throw new ApiRefusedError(
        response.status,
        `${method} ${path} was answered with ${response.status}: ${detail}`,
      );
    },
  };
}
