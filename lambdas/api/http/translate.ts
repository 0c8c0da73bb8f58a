import type { ErrorHandler } from 'hono';
import {
  BusyError,
  ConflictError,
  ForbiddenError,
  InvalidCursorError,
  KeyInUseError,
  KeyReusedError,
  NotFoundError,
  RefusedValuesError,
  TooManyRequestsError,
  UnauthenticatedError,
} from '../../../domain/errors.ts';
import type { Log } from '../../../model/log.ts';
import { IVS_QUOTA } from '../../../model/metrics.ts';
import type { HttpEnv } from './context.ts';
import { InvalidValuesError } from './invalidValues.ts';
import { type Problem, problemResponse } from './problem.ts';
import { isUnavailable } from './unavailable.ts';

type Translation = (error: unknown) => Problem | undefined;

function on<E extends Error>(type: new (...args: never[]) => E, problem: (error: E) => Problem): Translation {
  return error => (error instanceof type ? problem(error) : undefined);
}

// RFC 6750 section 3: only a request with a token gets an error code.
const challenges = {
  nothing: 'Bearer',
  token: 'Bearer error="invalid_token"',
  credentials: 'Bearer',
} as const;

const retryAfter = (seconds: number) => ({ 'Retry-After': String(Math.max(1, Math.ceil(seconds))) });

/** Converts each expected error to a problem. Only this table assigns status codes to errors. */
const translations: readonly Translation[] = [
  on(NotFoundError, ({ message }) => ({ kind: 'not-found', detail: message })),
  on(InvalidCursorError, ({ reason }) => ({
    kind: 'invalid-cursor',
    detail:
      reason === 'cursor-expired'
        ? 'cursor: the list that it continues is not kept any more; omit it to start again'
        : 'cursor: must be the nextCursor of a page of this same list; omit it to start again',
    reason,
  })),
  on(UnauthenticatedError, ({ message, given }) => ({
    kind: 'unauthenticated',
    detail: message,
    headers: { 'WWW-Authenticate': challenges[given] },
  })),
  on(ForbiddenError, ({ message, reason, parameters }) => ({
    kind: 'forbidden',
    detail: message,
    reason,
    parameters,
  })),
  on(ConflictError, ({ message, reason, parameters, retryAfterSeconds }) => ({
    kind: 'conflict',
    detail: message,
    reason,
    parameters,
    ...(retryAfterSeconds === undefined ? {} : { headers: retryAfter(retryAfterSeconds) }),
  })),
  on(TooManyRequestsError, ({ message, reason, parameters, retryAfterSeconds }) => ({
    kind: 'too-many-requests',
    detail: message,
    reason,
    parameters,
    headers: retryAfter(retryAfterSeconds),
  })),
  on(BusyError, ({ message, reason, parameters, retryAfterSeconds }) => ({
    kind: 'unavailable',
    detail: message,
    reason,
    parameters,
    headers: retryAfter(retryAfterSeconds),
  })),
  on(KeyInUseError, ({ message, retryAfterSeconds }) => ({
    kind: 'idempotency-key-in-use',
    detail: message,
    headers: retryAfter(retryAfterSeconds),
  })),
  on(KeyReusedError, ({ message }) => ({
    kind: 'idempotency-key-reused',
    detail: message,
    errors: [
      {
        in: 'header',
        field: 'Idempotency-Key',
        message: 'was used with a different body: generate a new key',
      },
    ],
  })),
  on(RefusedValuesError, ({ message, errors }) => ({
    kind: 'invalid-values',
    detail: message,
    errors: errors.map(error => ({ in: 'body', ...error })),
  })),
  on(InvalidValuesError, ({ message, errors }) => ({ kind: 'invalid-values', detail: message, errors })),
];

const unavailable: Problem = {
  kind: 'unavailable',
  reason: 'dependency-unavailable',
  detail: 'a service that this request needs is busy or does not respond: try again',
  headers: { 'Retry-After': '1' },
};

// The text is fixed, because only the logs may contain details of the error.
const internalError: Problem = { kind: 'internal-error', detail: 'something went wrong on our side' };

/**
 * Answers an error with its problem. An error that the caller did not cause is logged with all details and
 * the request's id.
 */
export function errorHandler(logger: Log): ErrorHandler<HttpEnv> {
  return (error, c) => {
    const fields = { requestId: c.get('requestId'), error };
    for (const translate of translations) {
      const problem = translate(error);
      if (problem === undefined) continue;
      // An alarm counts these lines by `reason`: see `ReasonMetric`.
      if (problem.reason === IVS_QUOTA)
        logger.error('an IVS quota is exhausted', { ...fields, reason: IVS_QUOTA });
      return problemResponse(c, problem);
    }
    if (isUnavailable(error)) {
      logger.warn('a service did not answer', fields);
      return problemResponse(c, unavailable);
    }
    logger.error('a request failed', fields);
    return problemResponse(c, internalError);
  };
}
