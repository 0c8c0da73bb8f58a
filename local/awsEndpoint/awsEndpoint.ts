import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { isOfAnotherOrigin } from '../loopbackOnly.ts';
import type { DynamoProxy } from './dynamoProxy.ts';
import {
  type AwsReply,
  type AwsRequest,
  type AwsService,
  BodyTooLargeError,
  jsonError,
  readRequest,
  requestUrl,
  sendReply,
} from './exchange.ts';
import { queryError } from './query.ts';
import { RECORDINGS_PATH } from './recordings.ts';

/** The services behind the endpoint, by what tells their requests apart. */
export interface AwsServices {
  readonly dynamo: DynamoProxy;
  /** Of the JSON protocols, by `X-Amz-Target`. */
  readonly targets: Readonly<Record<string, AwsService>>;
  /** Of the query protocol, by the form's `Action`. */
  readonly actions: Readonly<Record<string, (form: URLSearchParams) => AwsReply>>;
  /** Of the REST protocols, by the service that the request is signed for: their paths may be the same. */
  readonly rest: Readonly<Record<string, AwsService>>;
  /** Requests under `/_local`. */
  readonly control: AwsService;
  /** Resolves when all that was done so far survives the end of the process. No answer is sent before. */
  readonly saved: () => Promise<void>;
}

/** Told of what the endpoint does, DynamoDB's requests excepted: there are many. */
export interface EndpointObserver {
  answered(request: AwsRequest, status: number): void;
  failed(request: string, error: unknown): void;
}

/**
 * Answers for several AWS services on one port. Signatures are not checked: whoever reaches loopback may
 * do everything.
 */
export function awsEndpoint(services: AwsServices, observer: EndpointObserver): RequestListener {
  return (message, response) => {
    // Recordings are for pages of any origin to show; all else may change something, or tell a secret.
    if (isOfAnotherOrigin(message) && !requestUrl(message).pathname.startsWith(`${RECORDINGS_PATH}/`)) {
      const text = 'the AWS endpoint of local mode takes no requests of web pages of other origins';
      message.resume();
      return sendReply(response, jsonError(403, 'AccessDeniedException', text));
    }
    if (targetOf(message).startsWith('DynamoDB')) {
      services.dynamo.forward(message, response);
      return;
    }
    void answer(services, message, response, observer);
  };
}

async function answer(
  services: AwsServices,
  message: IncomingMessage,
  response: ServerResponse,
  observer: EndpointObserver,
): Promise<void> {
  try {
    const request = await readRequest(message);
    const reply = await dispatch(services, request, targetOf(message));
    await services.saved();
    sendReply(response, reply);
    observer.answered(request, reply === 'cutOff' ? 0 : reply.status);
  } catch (error) {
    if (error instanceof BodyTooLargeError) {
      return sendReply(response, jsonError(413, 'RequestEntityTooLargeException', error.message));
    }
    // The caller went away before the request was whole.
    if (response.destroyed) return;
    observer.failed(`${message.method} ${requestUrl(message).pathname}`, error);
    sendReply(response, jsonError(500, 'InternalFailure', 'local mode failed; its log says why'));
  }
}

function dispatch(services: AwsServices, request: AwsRequest, target: string): Promise<AwsReply> | AwsReply {
  const { pathname } = request.url;
  if (pathname.startsWith('/_local/')) return services.control(request);
  if (target !== '') return (own(services.targets, target) ?? unknownOperation(target))(request);
  if (request.headers['content-type']?.startsWith('application/x-www-form-urlencoded')) {
    const form = new URLSearchParams(request.body);
    const action = form.get('Action') ?? '';
    return (
      own(services.actions, action)?.(form) ??
      queryError(
        400,
        'InvalidAction',
        `local mode has no operation ${action} (version ${form.get('Version')})`,
      )
    );
  }
  const service = signedFor(request);
  if (service === undefined) {
    const text = 'the request is not signed: local mode cannot tell which service it is for';
    return jsonError(403, 'MissingAuthenticationTokenException', text);
  }
  return (own(services.rest, service) ?? unknownOperation(`${request.method} ${pathname} of ${service}`))(
    request,
  );
}

/** The member of that name, and nothing that every object has: the names are the callers'. */
function own<T>(members: Readonly<Record<string, T>>, name: string): T | undefined {
  return Object.hasOwn(members, name) ? members[name] : undefined;
}

function unknownOperation(operation: string): AwsService {
  return () => jsonError(400, 'UnknownOperationException', `local mode has no operation ${operation}`);
}

function targetOf({ headers }: IncomingMessage): string {
  const target = headers['x-amz-target'];
  return typeof target === 'string' ? target : '';
}

/** The service in the credential scope of a SigV4 signature: `Credential=key/date/region/service/aws4_request`. */
function signedFor({ headers }: AwsRequest): string | undefined {
  return /Credential=[^/]+\/\d{8}\/[^/]+\/([^/]+)\/aws4_request/.exec(headers.authorization ?? '')?.[1];
}
