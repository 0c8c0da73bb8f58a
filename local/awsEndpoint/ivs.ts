import type { IvsError } from '../ivs/errors.ts';
import { chatServiceOperations, ivsServiceOperations } from '../ivs/operations.ts';
import type { IvsSimulator } from '../ivs/simulator.ts';
import { type AwsReply, type AwsRequest, type AwsService, json, jsonError, readJson } from './http.ts';

/** IVS and IVS Real-Time: requests for both are signed for `ivs`. An error's text is `exceptionMessage`. */
export function ivsService(ivs: IvsSimulator): AwsService {
  return controlPlane(ivs, 'ivs', Object.keys(ivsServiceOperations), ({ message }) => ({
    exceptionMessage: message,
  }));
}

/** IVS Chat. An error's text is `message`. Errors also contain details, such as the resource id. */
export function ivsChatService(ivs: IvsSimulator): AwsService {
  return controlPlane(ivs, 'ivschat', Object.keys(chatServiceOperations), ({ message, details }) => ({
    message,
    ...details,
  }));
}

/**
 * A control plane over REST-JSON. Every operation is `POST /<name>` with all parameters in the body, except
 * the tag operations, which have the ARN in the path. The type of an error is in a header.
 */
function controlPlane(
  ivs: IvsSimulator,
  service: string,
  names: readonly string[],
  describeError: (error: IvsError) => object,
): AwsService {
  return (request): AwsReply => {
    const { operation, input } = tagCall(request, service) ?? plainCall(request, names) ?? {};
    if (operation === undefined) {
      return jsonError(
        404,
        'UnknownOperationException',
        `local mode has no operation ${request.method} ${request.url.pathname} of ${service}`,
      );
    }
    const answer = ivs.call(operation, input);
    switch (answer.kind) {
      case 'done':
        return answer.body === undefined ? { status: 204, body: '' } : json(200, answer.body);
      case 'refused': {
        const { error } = answer;
        return json(error.status, describeError(error), { 'x-amzn-ErrorType': error.type });
      }
      case 'lost':
        return 'cutOff';
    }
  };
}

interface Call {
  readonly operation: string;
  readonly input: unknown;
}

function plainCall({ method, url, body }: AwsRequest, names: readonly string[]): Call | undefined {
  const operation = url.pathname.slice(1);
  return method === 'POST' && names.includes(operation) ? { operation, input: readJson(body) } : undefined;
}

/** Parses a request to `/tags/<ARN>` for a resource of the service. */
function tagCall({ method, url, body }: AwsRequest, service: string): Call | undefined {
  const [, encoded] = /^\/tags\/(.+)$/.exec(url.pathname) ?? [];
  if (encoded === undefined) return undefined;
  const resourceArn = decodeURIComponent(encoded);
  if (!resourceArn.startsWith(`arn:aws:${service}:`)) return undefined;
  switch (method) {
    case 'GET':
      return { operation: 'ListTagsForResource', input: { resourceArn } };
    case 'POST':
      return { operation: 'TagResource', input: { ...asObject(readJson(body)), resourceArn } };
    case 'DELETE':
      return {
        operation: 'UntagResource',
        input: { resourceArn, tagKeys: url.searchParams.getAll('tagKeys') },
      };
    default:
      return undefined;
  }
}

function asObject(value: unknown): object {
  return typeof value === 'object' && value !== null ? value : {};
}
