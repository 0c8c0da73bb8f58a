import type { Hono } from 'hono';
import type { ProvenCaller } from '../../../domain/accounts/stepUp.ts';
import type { Caller } from '../../../domain/accounts/tokens.ts';

/** Returns whether a text is the secret that CloudFront sends with each request. */
export type IsOriginSecret = (text: string) => Promise<boolean>;

/** The variables that every handler finds in its Hono context. */
export interface HttpEnv {
  readonly Variables: {
    /** The id that connects a response to its log lines: API Gateway's request id if there is one. */
    requestId: string;
    /** Proves that a request came through CloudFront. Undefined where no CloudFront is in front of the API. */
    isOriginSecret: IsOriginSecret | undefined;
    /** The caller, on routes that authenticate. Read it with `callerOf`. */
    caller: Caller | undefined;
    /** The caller with a verified sign-in and password, on routes with a step-up. Read it with `provenOf`. */
    proven: ProvenCaller | undefined;
    /** The refresh token, if it came in a cookie. */
    refreshCookie: string | undefined;
  };
}

/** An app with the routes of one resource or of the whole API. */
export type HttpApp = Hono<HttpEnv>;
