import type { OpenAPIHono } from '@hono/zod-openapi';

/** What every handler finds in its Hono context. */
export interface HttpEnv {
  readonly Variables: {
    /** Ties an answer to its log lines: API Gateway's id of the request, where there is one. */
    requestId: string;
  };
}

/** The routes of one resource, or all of them together. */
export type HttpApp = OpenAPIHono<HttpEnv>;
