/** What can be asked for and not be there. */
export type Named = 'channel' | 'stream' | 'category' | 'user' | 'stage' | 'chat room';

/** What was named does not exist, for this caller. */
export class NotFoundError extends Error {
  override readonly name = 'NotFoundError';
  readonly what: Named;

  constructor(what: Named) {
    super(`there is no such ${what}`);
    this.what = what;
  }
}

/** A cursor that this service did not make for this list: forged, cut short, of another list, or outdated. */
export class InvalidCursorError extends Error {
  override readonly name = 'InvalidCursorError';
}

/** Nobody is known to be asking. `message` is for the caller, and never says which part of a secret was wrong. */
export class UnauthenticatedError extends Error {
  override readonly name = 'UnauthenticatedError';
  /** What was given instead: nothing, a token that is not good, or a name and password that are not. */
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
    'not-live',
    'password-changed',
    'self',
    'sign-up-in-progress',
    'stage-full',
    'stage-missing',
    'stream-key-changing',
    'stream-over',
    'username-taken',
  ],
  forbidden: ['banned', 'not-owner', 'step-up-required', 'wrong-password'],
  'too-many-requests': ['rate-limit', 'sign-in-locked'],
  unavailable: ['dependency-unavailable', 'ivs-busy', 'ivs-quota', 'stack-limit', 'stream-key-changing'],
} as const;
export type Reason<Kind extends keyof typeof reasons = keyof typeof reasons> = (typeof reasons)[Kind][number];

/** What a sentence about a reason needs: when it ends (ISO 8601), the number that was exceeded, the field it is about. */
export interface ReasonParameters {
  readonly until?: string;
  readonly limit?: number;
  readonly field?: string;
}

interface Details extends ErrorOptions {
  /** When the same request may succeed, if that is known. */
  readonly retryAfterSeconds?: number;
  readonly parameters?: ReasonParameters;
}

/** The caller is known, and is not allowed to do this. */
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

/** The request does not fit the present state: a name is taken, a stream is not live. */
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

/** The caller, or others under this name, sent too many requests. */
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

/** A service that this one depends on takes no more requests now. What was begun is kept: the same request continues it. */
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

/** Values of a body that have the right form and that how things are now rules out. `errors` names each. */
export class RefusedValuesError extends Error {
  override readonly name = 'RefusedValuesError';
  readonly errors: readonly { readonly field: string; readonly message: string }[];

  constructor(errors: readonly { readonly field: string; readonly message: string }[]) {
    super(errors.map(({ field, message }) => `${field}: ${message}`).join('; '));
    this.errors = errors;
  }
}

/** Another request with the same idempotency key is at work. */
export class KeyInUseError extends Error {
  override readonly name = 'KeyInUseError';
  readonly retryAfterSeconds: number;

  constructor(retryAfterSeconds: number) {
    super('a request with this Idempotency-Key is under way');
    this.retryAfterSeconds = retryAfterSeconds;
  }
}

/** An idempotency key that was given before, with another request. */
export class KeyReusedError extends Error {
  override readonly name = 'KeyReusedError';

  constructor() {
    super('this Idempotency-Key was given with another body: make up a new one');
  }
}
