/** The kinds of resources that can be missing. */
export type Named = 'channel' | 'stream' | 'category' | 'user' | 'stage' | 'chat room' | 'upload';

/** The requested resource does not exist, or the caller may not see it. */
export class NotFoundError extends Error {
  override readonly name = 'NotFoundError';
  readonly what: Named;

  constructor(what: Named) {
    super(`there is no such ${what}`);
    this.what = what;
  }
}

/**
 * The cursor was not created by this service for this list: it is forged, truncated, outdated, or from
 * another list. Or the list that it continues is not kept any more.
 */
export class InvalidCursorError extends Error {
  override readonly name = 'InvalidCursorError';
  readonly reason: Reason<'invalid-cursor'>;

  constructor(reason: Reason<'invalid-cursor'>, message: string) {
    super(message);
    this.reason = reason;
  }
}

/**
 * The caller is not authenticated. `message` is for the caller and never reveals which part of a secret was
 * wrong.
 */
export class UnauthenticatedError extends Error {
  override readonly name = 'UnauthenticatedError';
  /** What the caller sent: nothing, an invalid token, or a wrong name or password. */
  readonly given: 'nothing' | 'token' | 'credentials';

  constructor(given: 'nothing' | 'token' | 'credentials', message: string) {
    super(message);
    this.given = given;
  }
}

/**
 * Why a request failed, for each kind of problem that has more than one cause. A client branches on the reason and
 * translates it, so a reason never changes its meaning. New reasons may be added.
 */
export const reasons = {
  conflict: [
    'account-closing',
    'chat-room-missing',
    'email-changed',
    'email-taken',
    'is-moderator',
    'mail-not-set-up',
    'moderators-full',
    'no-recording',
    'not-live',
    'password-changed',
    'request-declined',
    'self',
    'sign-up-in-progress',
    'stage-full',
    'stage-missing',
    'stage-not-live',
    'stage-requests-full',
    'stream-key-changing',
    'stream-over',
    'user-banned',
    'username-taken',
  ],
  'invalid-cursor': ['cursor-expired', 'cursor-unknown'],
  forbidden: [
    'banned',
    'cross-origin',
    'not-moderator',
    'not-owner',
    'protected-user',
    'step-up-required',
    'wrong-code',
    'wrong-password',
  ],
  'too-many-requests': ['rate-limit', 'rename-limit', 'sign-in-locked'],
  unavailable: ['dependency-unavailable', 'ivs-busy', 'ivs-quota', 'stack-limit', 'stream-key-changing'],
} as const;
export type Reason<Kind extends keyof typeof reasons = keyof typeof reasons> = (typeof reasons)[Kind][number];

/** The values for a sentence about a reason: its end (ISO 8601), the exceeded limit, or the field. */
export interface ReasonParameters {
  readonly until?: string;
  readonly limit?: number;
  readonly field?: string;
}

interface Details extends ErrorOptions {
  /** After how many seconds the same request may succeed, if known. */
  readonly retryAfterSeconds?: number;
  readonly parameters?: ReasonParameters;
}

/** The caller is authenticated but not allowed to do this. */
export class ForbiddenError extends Error {
  override readonly name = 'ForbiddenError';
  readonly reason: Reason<'forbidden'>;
  readonly parameters: ReasonParameters | undefined;

  constructor(reason: Reason<'forbidden'>, message: string, { parameters, ...options }: Details = {}) {
    super(message, options);
    this.reason = reason;
    this.parameters = parameters;
  }
}

/** The request conflicts with the current state: a name is taken, a stream is not live. */
export class ConflictError extends Error {
  override readonly name = 'ConflictError';
  readonly reason: Reason<'conflict'>;
  readonly parameters: ReasonParameters | undefined;
  readonly retryAfterSeconds: number | undefined;

  constructor(
    reason: Reason<'conflict'>,
    message: string,
    { parameters, retryAfterSeconds, ...options }: Details = {},
  ) {
    super(message, options);
    this.reason = reason;
    this.parameters = parameters;
    this.retryAfterSeconds = retryAfterSeconds;
  }
}

/** The caller, or other callers with this name or network, sent too many requests. */
export class TooManyRequestsError extends Error {
  override readonly name = 'TooManyRequestsError';
  readonly reason: Reason<'too-many-requests'>;
  readonly parameters: ReasonParameters | undefined;
  readonly retryAfterSeconds: number;

  constructor(
    reason: Reason<'too-many-requests'>,
    message: string,
    retryAfterSeconds: number,
    parameters?: ReasonParameters,
  ) {
    super(message);
    this.reason = reason;
    this.parameters = parameters;
    this.retryAfterSeconds = retryAfterSeconds;
  }
}

/**
 * A service that this one depends on accepts no more requests now. Completed steps are stored, and repeating
 * the request continues them.
 */
export class BusyError extends Error {
  override readonly name = 'BusyError';
  readonly reason: Reason<'unavailable'>;
  readonly parameters: ReasonParameters | undefined;
  readonly retryAfterSeconds: number;

  constructor(
    reason: Reason<'unavailable'>,
    message: string,
    retryAfterSeconds: number,
    { parameters, ...options }: Omit<Details, 'retryAfterSeconds'> = {},
  ) {
    super(message, options);
    this.reason = reason;
    this.parameters = parameters;
    this.retryAfterSeconds = retryAfterSeconds;
  }
}

/** Values of a body are well formed, but the current state rules them out. `errors` names each value. */
export class RefusedValuesError extends Error {
  override readonly name = 'RefusedValuesError';
  readonly errors: readonly { readonly field: string; readonly message: string }[];

  constructor(errors: readonly { readonly field: string; readonly message: string }[]) {
    super(errors.map(({ field, message }) => `${field}: ${message}`).join('; '));
    this.errors = errors;
  }
}

/** Another request with the same idempotency key is in progress. */
export class KeyInUseError extends Error {
  override readonly name = 'KeyInUseError';
  readonly retryAfterSeconds: number;

  constructor(retryAfterSeconds: number) {
    super('a request with this Idempotency-Key is in progress: send it again later');
    this.retryAfterSeconds = retryAfterSeconds;
  }
}

/** The idempotency key was used before with another request. */
export class KeyReusedError extends Error {
  override readonly name = 'KeyReusedError';

  constructor() {
    super('this Idempotency-Key was used with another body: use a new key');
  }
}
