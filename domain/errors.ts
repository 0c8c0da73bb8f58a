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

/** It is known who asks, and it is not theirs to do. */
export class ForbiddenError extends Error {
  override readonly name = 'ForbiddenError';
}

/** What is asked for does not go with how things are now: a name is taken, a stream is not live. */
export class ConflictError extends Error {
  override readonly name = 'ConflictError';
  /** When the same request may well succeed, where that is known. */
  readonly retryAfterSeconds: number | undefined;

  constructor(message: string, retryAfterSeconds?: number) {
    super(message);
    this.retryAfterSeconds = retryAfterSeconds;
  }
}

/** Too often, by this caller or for this name. */
export class TooManyRequestsError extends Error {
  override readonly name = 'TooManyRequestsError';
  readonly retryAfterSeconds: number;

  constructor(message: string, retryAfterSeconds: number) {
    super(message);
    this.retryAfterSeconds = retryAfterSeconds;
  }
}

/** A service behind this one has no room now. What was begun is kept: the same request goes on with it. */
export class BusyError extends Error {
  override readonly name = 'BusyError';
  readonly retryAfterSeconds: number;

  constructor(message: string, retryAfterSeconds: number, options?: ErrorOptions) {
    super(message, options);
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
