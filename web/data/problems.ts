import type { components } from '../../client/index.ts';

export type Problem = components['schemas']['Problem'];

/** The API refused a request. */
export class ProblemError extends Error {
  override readonly name = 'ProblemError';
  readonly problem: Problem;

  constructor(problem: Problem) {
    super(problem.detail);
    this.problem = problem;
  }
}

/** The API could not be reached. */
export class ConnectionError extends Error {
  override readonly name = 'ConnectionError';
}

/** Returns the problem's parameter `until` as a point in time that people read, or undefined. */
function untilOf({ parameters }: Problem): string | undefined {
  const at = Date.parse(parameters?.until ?? '');
  if (Number.isNaN(at)) return undefined;
  return new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'short' }).format(at);
}

const OUT_OF_DATE = 'This list is out of date. Load the page again.';

const byReason: { readonly [R in NonNullable<Problem['reason']>]: (problem: Problem) => string } = {
  'account-closing': () => 'This account is being deleted.',
  banned: problem => {
    const until = untilOf(problem);
    return until === undefined
      ? 'You are banned from this chat until the owner lifts the ban.'
      : `You are banned from this chat until ${until}.`;
  },
  'chat-room-missing': () => 'This channel has no chat room at the moment.',
  'cursor-expired': () => OUT_OF_DATE,
  'cursor-unknown': () => OUT_OF_DATE,
  'cross-origin': () => 'Open this page at its own address, and sign in there.',
  'dependency-unavailable': () => 'Part of the service does not answer. Try again in a moment.',
  'email-changed': () => 'Your e-mail address was changed at the same time. Load the page again.',
  'email-taken': () => 'Another account has this e-mail address.',
  'mail-not-set-up': () => 'This site sends no mail.',
  'is-moderator': () => 'This user moderates your channel. Dismiss them first.',
  'ivs-busy': () => 'The video service is busy. Try again in a moment.',
  'ivs-quota': () => 'There is no room for more channels at the moment. Try again later.',
  'moderators-full': ({ parameters }) =>
    `There are too many moderators${parameters?.limit === undefined ? '' : ` (${parameters.limit} are allowed)`}. Dismiss one first.`,
  'no-recording': () => 'The stream has no finished recording.',
  'not-live': () => 'The channel is not live.',
  'not-moderator': () => 'Only the owner and the moderators of the channel can do this.',
  'not-owner': () => 'Only the owner of the channel can do this.',
  'password-changed': () => 'Your password was changed. Sign in again.',
  'protected-user': () => 'Moderators cannot do this to the owner or to each other.',
  'rate-limit': () => 'You did this too often. Wait a moment, then try again.',
  'rename-limit': ({ parameters }) =>
    `You changed your name too often${parameters?.limit === undefined ? '' : ` (${parameters.limit} times are allowed)`}. Try again later.`,
  'request-declined': problem => {
    const until = untilOf(problem);
    return `The host declined your request.${until === undefined ? '' : ` You can ask again after ${until}.`}`;
  },
  self: () => 'You cannot do this to yourself.',
  'sign-in-locked': problem => {
    const until = untilOf(problem);
    return `Too many wrong passwords. Signing in is locked${until === undefined ? ' for a while' : ` until ${until}`}.`;
  },
  'sign-up-in-progress': () => 'This sign-up is still in progress. Try again in a moment.',
  'stack-limit': () => 'Too many people do this at once. Try again in a moment.',
  'stage-full': () => 'The stage is full.',
  'stage-missing': () => 'This channel has no stage at the moment.',
  'stage-not-live': () => 'Neither the stage nor the channel is live.',
  'stage-requests-full': () => 'Too many people ask to come on stage at the moment. Try again later.',
  'step-up-required': () => 'Enter your password to continue.',
  'stream-key-changing': () => 'The stream key is being replaced. Try again in a moment.',
  'stream-over': () => 'This stream is over.',
  'user-banned': () => 'This user is banned from your channel. Lift the ban first.',
  'username-taken': () => 'This name is taken.',
  'wrong-code': () => 'The code is wrong or no longer works. You can request a new one.',
  'wrong-password': () => 'The password is wrong.',
};

const byType: { readonly [type: string]: string } = {
  'not-found': 'This does not exist, or no longer exists.',
  unauthenticated: 'Sign in to continue.',
  'request-timeout': 'The connection is too slow. Try again.',
  'payload-too-large': 'This is too large.',
  'internal-error': 'Something went wrong on our side. Try again.',
  unavailable: 'The service is not available at the moment. Try again.',
};

/** Returns the sentence with which a page explains why a request failed. */
export function sentenceOf(error: unknown): string {
  if (error instanceof ConnectionError) return 'You seem to be offline. Check your connection.';
  if (!(error instanceof ProblemError)) return 'Something went wrong. Load the page again.';
  const { problem } = error;
  const byCause = problem.reason === undefined ? undefined : byReason[problem.reason];
  return byCause?.(problem) ?? byType[problem.type.replace('urn:problem-type:', '')] ?? problem.detail;
}

/** Returns why something cannot be done to a user who was named. */
export const userErrorOf = (error: unknown): string =>
  error instanceof ProblemError && error.problem.status === 404
    ? 'There is no user with this name.'
    : firstErrorOf(error);

/** Returns the first thing that is wrong with what was entered, or the reason of another refusal. */
export const firstErrorOf = (error: unknown): string =>
  Object.values(fieldErrorsOf(error))[0] ?? sentenceOf(error);

/** Returns what is wrong with each field of a form, by the name of the field. */
export function fieldErrorsOf(error: unknown): Readonly<Record<string, string>> {
  if (!(error instanceof ProblemError)) return {};
  const { errors = [], parameters, reason } = error.problem;
  const named = errors.map(({ field, message }) => [
    field,
    `${message[0]?.toUpperCase()}${message.slice(1)}.`,
  ]);
  if (reason !== undefined && parameters?.field !== undefined)
    named.push([parameters.field, sentenceOf(error)]);
  return Object.fromEntries(named);
}
