import { randomUUID } from 'node:crypto';
import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http';
import { z } from 'zod';

/** A complete request to an AWS service or to local mode itself. */
export interface AwsRequest {
  readonly method: string;
  readonly url: URL;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
  /** The body before it was decoded as UTF-8. */
  readonly bytes: Buffer;
}

/** An answer. `cutOff` closes the connection without an answer. */
export type AwsReply =
  | {
      readonly status: number;
      readonly headers?: Readonly<Record<string, string>>;
      readonly body: string | Buffer;
    }
  | 'cutOff';

/** Answers the requests of one service. */
export type AwsService = (request: AwsRequest) => Promise<AwsReply> | AwsReply;

/** Larger than any request to the simulated services. DynamoDB requests are forwarded without this limit. */
const MAX_BODY_BYTES = 16 * 1024 * 1024;

/** The request was too large to be read. */
export class BodyTooLargeError extends Error {
  override readonly name = 'BodyTooLargeError';
}

export async function readRequest(message: IncomingMessage): Promise<AwsRequest> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of message) {
    const bytes = z.instanceof(Buffer).parse(chunk);
    size += bytes.length;
    if (size > MAX_BODY_BYTES) throw new BodyTooLargeError(`more than ${MAX_BODY_BYTES} bytes`);
    chunks.push(bytes);
  }
  const bytes = Buffer.concat(chunks);
  return {
    method: message.method ?? 'GET',
    url: requestUrl(message),
    headers: message.headers,
    body: bytes.toString(),
    bytes,
  };
}

export function requestUrl(message: IncomingMessage): URL {
  return new URL(message.url ?? '/', 'http://localhost');
}

export function sendReply(response: ServerResponse, reply: AwsReply): void {
  if (reply === 'cutOff') {
    response.destroy();
    return;
  }
  response.writeHead(reply.status, { 'x-amzn-RequestId': randomUUID(), ...reply.headers });
  response.end(reply.body);
}

/** An answer of the AWS JSON protocols. */
export function json(
  status: number,
  body: unknown,
  headers: Readonly<Record<string, string>> = {},
): AwsReply {
  return { status, headers: { 'content-type': 'application/json', ...headers }, body: JSON.stringify(body) };
}

/** An error of the AWS JSON protocols: its type is in the body and in a header. */
export function jsonError(status: number, type: string, message: string): AwsReply {
  return json(status, { __type: type, message }, { 'x-amzn-ErrorType': type });
}

/** Parses JSON. Returns undefined for invalid JSON, and an empty object for an empty body. */
export function readJson(body: string): unknown {
  try {
    return body === '' ? {} : JSON.parse(body);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
