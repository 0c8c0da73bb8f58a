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
} from './http.ts';
import { queryError } from './query.ts';
import { isFormUpload } from './s3.ts';

/** The services of the endpoint, grouped by how a request names its operation. */
export interface AwsServices {
  readonly dynamo: DynamoProxy;
  /** The operations of the JSON protocols, by `X-Amz-Target`. */
  readonly targets: Readonly<Record<string, AwsService>>;
  /** The operations of the query protocol, by the form field `Action`. */
  readonly actions: Readonly<Record<string, (form: URLSearchParams) => AwsReply>>;
  /** The services of the REST protocols, by the service name in the signature: paths are not unique. */
  readonly rest: Readonly<Record<string, AwsService>>;
  /** Requests under `/_local`. */
  readonly control: AwsService;
  /** Resolves when all changes so far are on disk. Answers are sent only afterwards. */
  readonly saved: () => Promise<void>;
}

/** Is called for every request except those to DynamoDB, which are too many to log. */
export interface EndpointObserver {
  onAnswer(request: AwsRequest, status: number): void;
  onFailure(request: string, error: unknown): void;
}

/**
 * Simulates several AWS services on one port, without checking signatures: local programs may do anything.
 */
export function awsEndpoint(services: AwsServices, observer: EndpointObserver): RequestListener {
  return (message, response) => {
    // The requests of a page could change data or read secrets. The policy of a form upload is signed.
    if (isOfAnotherOrigin(message) && !isFormUpload(requestOf(message))) {
      const text = 'the AWS endpoint of local mode rejects requests from web pages of other origins';
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

const requestOf = ({ method = 'GET', headers }: IncomingMessage) => ({ method, headers });

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
    observer.onAnswer(request, reply === 'cutOff' ? 0 : reply.status);
  } catch (error) {
    if (error instanceof BodyTooLargeError) {
      return sendReply(response, jsonError(413, 'RequestEntityTooLargeException', error.message));
    }
    // The client disconnected before the end of the request.
    if (response.destroyed) return;
    observer.onFailure(`${message.method} ${requestUrl(message).pathname}`, error);
    sendReply(response, jsonError(500, 'InternalFailure', 'internal error of local mode: see its log'));
  }
}

function dispatch(services: AwsServices, request: AwsRequest, target: string): Promise<AwsReply> | AwsReply {
  const { pathname } = request.url;
  if (pathname.startsWith('/_local/')) return services.control(request);
  if (isFormUpload(request))
    return (ownMember(services.rest, 's3') ?? unknownOperation('PostObject'))(request);
  if (target !== '') return (ownMember(services.targets, target) ?? unknownOperation(target))(request);
  if (request.headers['content-type']?.startsWith('application/x-www-form-urlencoded')) {
    const form = new URLSearchParams(request.body);
    const action = form.get('Action') ?? '';
    return (
      ownMember(services.actions, action)?.(form) ??
      queryError(
        400,
        'InvalidAction',
        `local mode has no operation ${action} (version ${form.get('Version')})`,
      )
    );
  }
  const service = signedFor(request);
  if (service === undefined) {
    const text =
      'the request is not signed: sign it, because local mode reads the service from the signature';
    return jsonError(403, 'MissingAuthenticationTokenException', text);
  }
  return (
    ownMember(services.rest, service) ?? unknownOperation(`${request.method} ${pathname} of ${service}`)
  )(request);
}

/** Returns a member by name, but no inherited one such as `constructor`: the client chooses the name. */
function ownMember<T>(members: Readonly<Record<string, T>>, name: string): T | undefined {
  return Object.hasOwn(members, name) ? members[name] : undefined;
}

function unknownOperation(operation: string): AwsService {
  return () => jsonError(400, 'UnknownOperationException', `local mode has no operation ${operation}`);
}

function targetOf({ headers }: IncomingMessage): string {
  const target = headers['x-amz-target'];
  return typeof target === 'string' ? target : '';
}

/** Returns the service in a SigV4 credential scope: `Credential=key/date/region/service/aws4_request`. */
function signedFor({ headers }: AwsRequest): string | undefined {
  return /Credential=[^/]+\/\d{8}\/[^/]+\/([^/]+)\/aws4_request/.exec(headers.authorization ?? '')?.[1];
}
