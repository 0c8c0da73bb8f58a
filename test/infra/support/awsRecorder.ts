import { createServer, type IncomingMessage } from 'node:http';
import {
  type AwsReply,
  type AwsRequest,
  type AwsService,
  jsonError,
  readRequest,
  sendReply,
} from '../../../local/awsEndpoint/http.ts';
import { isFormUpload } from '../../../local/awsEndpoint/s3.ts';
import { LOOPBACK } from '../../../local/dynamo/engine.ts';
import type { AwsCall } from './ivsAuthorizations.ts';

export interface AwsRecorder {
  readonly endpoint: string;
  /** Every call so far, in order. */
  readonly calls: readonly AwsCall[];
  /** Refuses the next call of an operation with `resource`, without passing it on. */
  refuseNext(operation: string, resource: string, reply?: AwsReply): void;
  stop(): Promise<void>;
}

const refused = jsonError(400, 'ValidationException', 'refused by a test');

/** DynamoDB's answer when another transaction uses an item. */
export const transactionConflict: AwsReply = {
  status: 400,
  headers: { 'content-type': 'application/json', 'x-amzn-ErrorType': 'TransactionCanceledException' },
  body: JSON.stringify({
    __type: 'TransactionCanceledException',
    CancellationReasons: [{ Code: 'TransactionConflict' }],
  }),
};

/**
 * An AWS endpoint that records every call, with the tags that `tagsOf` returns for its resource, and passes it on to
 * the service for which it is signed.
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
    if (service === undefined) throw new Error(`there is no service ${call.service}`);
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
  if (typeof address !== 'object' || address === null) throw new Error('the server has no TCP port');
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

/** Reads the service from the signature, and the operation from the header of the JSON protocols or the path of REST-JSON. */
function callOf(request: AwsRequest): AwsCall {
  const { method, url, headers, body } = request;
  // The permissions of the function that signed the form are needed.
  if (isFormUpload(request)) {
    const [, key] = /name="key"\r\n\r\n([^\r]+)/.exec(body) ?? [];
    return { service: 's3', operation: 'PutObject', input: { object: `${url.pathname.slice(1)}/${key}` } };
  }
  const [, service] = /Credential=[^/]+\/\d+\/[^/]+\/([^/]+)\//.exec(headers.authorization ?? '') ?? [];
  if (service === undefined) throw new Error('the request is not signed');
  if (service === 's3') {
    const operation = `${method.charAt(0)}${method.slice(1).toLowerCase()}Object`;
    return { service, operation, input: { object: url.pathname.slice(1) } };
  }
  const target = headers['x-amz-target'];
  const operation = typeof target === 'string' ? target.replace(/^.*\./, '') : url.pathname.slice(1);
  return { service, operation, input: JSON.parse(body) };
}

/** The DynamoDB engine at `endpoint`, as a service. */
export function engineService(endpoint: string): AwsService {
  return async ({ headers, body }) => {
    // The engine requires a signature but does not verify it, so the request keeps its body and headers.
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
