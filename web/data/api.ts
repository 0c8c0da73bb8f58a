import { type ApiClient, apiClient, createSession, webStore } from '../../client/index.ts';
import { clock } from './clock.ts';
import { ConnectionError, type Problem, ProblemError } from './problems.ts';

const baseUrl = location.origin;

/** Sends a request, learns the server's time from the answer, and tells a lost connection from a refusal. */
async function send(request: Request): Promise<Response> {
  try {
    const answer = await fetch(request);
    clock.observe(answer.headers.get('Date'));
    return answer;
  } catch (error) {
    if (request.signal.aborted) throw error;
    throw new ConnectionError('the API cannot be reached', { cause: error });
  }
}

export const session = createSession({
  baseUrl,
  refresh: 'cookie',
  store: webStore(localStorage),
  fetch: send,
});
export const api: ApiClient = apiClient({ baseUrl, session, fetch: send });
/** For what a signed-in user may do as a guest only: a banned user reads the chat. */
export const guestApi: ApiClient = apiClient({ baseUrl, fetch: send });

/** Returns the body of a successful answer. @throws ProblemError when the API refused the request */
export async function bodyOf<T>(
  answer: Promise<{ data?: T; error?: unknown; response: Response }>,
): Promise<T> {
  const { data, error, response } = await answer;
  if (response.ok) return data as T;
  throw new ProblemError(problemOf(error, response.status));
}

/** Returns what the API says about a refusal. What is between it and the browser answers without a problem document. */
function problemOf(body: unknown, status: number): Problem {
  if (typeof body === 'object' && body !== null && 'type' in body && 'detail' in body) return body as Problem;
  const isBusy = status === 429 || status === 503;
  return {
    type: isBusy ? 'urn:problem-type:unavailable' : 'urn:problem-type:internal-error',
    title: 'No problem document',
    status,
    detail: `The answer was ${status}.`,
    instance: '',
  };
}
