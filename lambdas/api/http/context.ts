import type { OpenAPIHono } from '@hono/zod-openapi';
import type { ProvenCaller } from '../../../domain/accounts/stepUp.ts';
import type { Caller } from '../../../domain/accounts/tokens.ts';

/** What every handler finds in its Hono context. */
export interface HttpEnv {
  readonly Variables: {
    /** Ties an answer to its log lines: API Gateway's id of the request, where there is one. */
    requestId: string;
    /** Who asks, on routes that know: read it with `callerOf`. */
    caller: Caller | undefined;
    /** The caller whose sign-in and password were checked, on routes with a step-up: read it with `provenOf`. */
    proven: ProvenCaller | undefined;
  };
}

/** The routes of one resource, or all of them together. */
export type HttpApp = OpenAPIHono<HttpEnv>;
