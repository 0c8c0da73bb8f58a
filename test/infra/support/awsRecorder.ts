import { createServer, type IncomingMessage } from 'node:http';
import {
  type AwsReply,
  type AwsRequest,
  type AwsService,
  jsonError,
  readRequest,
  sendReply,
} from '../../../local/awsEndpoint/http.ts';
import { LOOPBACK } from '../../../local/dynamo/engine.ts';
import type { AwsCall } from './ivsAuthorizations.ts';

export interface AwsRecorder {
  readonly endpoint: string;
  /** Every call so far, in order. */
  readonly calls: readonly AwsCall[];
  /** Has the next call of an operation that names `resource` refused, and not carried out. */
  refuseNext(operation: string, resource: string, reply?: AwsReply): void;
  stop(): Promise<void>;
}

const refused = jsonError(400, 'ValidationException', 'refused by a test');

/** What DynamoDB answers when another transaction holds an item. */
export const transactionConflict: AwsReply = {
  status: 400,
  headers: { 'content-type': 'application/json', 'x-amzn-ErrorType': 'TransactionCanceledException' },
  body: JSON.stringify({
    __type: 'TransactionCanceledException',
    CancellationReasons: [{ Code: 'TransactionConflict' }],
  }),
};

/**
 * An AWS endpoint that writes down every call, with the tags that `tagsOf` knows of the resource it names, and hands
 * it to the service it was signed for.
 */
export async function startAwsRecorder(
  services: Readonly<Record<string, AwsService>>,
  tagsOf: (input: unknown) => Readonly<Record<string, string>>,
): Promise<AwsRecorder> {
  const calls: AwsCall[] = [];
  const refusals: { readonly operation: string; readonly resource: string; readonly reply: AwsReply }[] = [];
  const refusalOf = ({ operation, input }: AwsCall): AwsReply | undefined => {
    const index = refusals.findIndex(
      refusal => refusal.operation === operation && JSON.stringify(input).includes(refusal.resource),
    );
    return index < 0 ? undefined : refusals.splice(index, 1)[0]?.reply;
  };
  const answer = async (message: IncomingMessage): Promise<AwsReply> => {
    const request = await readRequest(message);
    const call = callOf(request);
    calls.push({ ...call, resourceTags: tagsOf(call.input) });
    const refusal = refusalOf(call);
    if (refusal !== undefined) return refusal;
    const service = services[call.service];
    if (service === undefined) throw new Error(`nothing answers for ${call.service}`);
    return service(request);
  };
  const server = createServer((message, response) => {
    answer(message).then(
      reply => sendReply(response, reply),
      (error: unknown) => sendReply(response, { status: 500, body: String(error) }),
    );
  });
  await new Promise<void>(resolve => server.listen(0, LOOPBACK, resolve));
  const address = server.address();
  if (typeof address !== 'object' || address === null) throw new Error('it listens on a port');
  return {
    endpoint: `http://${LOOPBACK}:${address.port}`,
    calls,
    refuseNext: (operation, resource, reply = refused) => void refusals.push({ operation, resource, reply }),
    stop: () => {
      server.closeAllConnections();
      return new Promise(resolve => server.close(() => resolve()));
    },
  };
}

/** The service from the signature; the operation from the JSON protocols' header, or from REST-JSON's path. */
function callOf({ url, headers, body }: AwsRequest): AwsCall {
  const [, service] = /Credential=[^/]+\/\d+\/[^/]+\/([^/]+)\//.exec(headers.authorization ?? '') ?? [];
  if (service === undefined) throw new Error('the request is not signed');
  const target = headers['x-amz-target'];
  const operation = typeof target === 'string' ? target.replace(/^.*\./, '') : url.pathname.slice(1);
  return { service, operation, input: JSON.parse(body) };
}

/** The DynamoDB engine at `endpoint`, as a service. */
export function engineService(endpoint: string): AwsService {
  return async ({ headers, body }) => {
    // It wants to see a signature, and does not check it: the body as it was sent, under the SDK's own headers.
    const kept = Object.entries(headers).flatMap(([name, value]) =>
      /^(x-amz-|authorization$|content-type$)/.test(name) ? [[name, String(value)] as const] : [],
    );
    const answer = await fetch(endpoint, { method: 'POST', headers: Object.fromEntries(kept), body });
    return {
      status: answer.status,
      headers: { 'content-type': 'application/x-amz-json-1.0' },
      body: await answer.text(),
    };
  };
}
