import { randomUUID } from 'node:crypto';
import {
  type IncomingMessage,
  type RequestListener,
  type Server,
  type ServerOptions,
  type ServerResponse,
  STATUS_CODES,
} from 'node:http';
import type { Duplex } from 'node:stream';
import { getRequestListener } from '@hono/node-server';
import { type Problem, problemDocument } from './problem.ts';
import { originForm } from './requestTarget.ts';

/** Answers a request. The bindings describe its connection. */
type NodeAnswer = Parameters<typeof getRequestListener>[0];

/**
 * The time limit for a request to arrive, as in API Gateway, so that a slow client does not occupy a
 * connection.
 */
const ARRIVAL_MS = 30_000;

/** The largest body that API Gateway accepts. */
const MAX_DRAINED_BYTES = 10 * 1024 * 1024;

/** The options of a server outside Lambda. */
export const nodeServerOptions = {
  requestTimeout: ARRIVAL_MS,
  headersTimeout: ARRIVAL_MS,
  // Node would answer a request without a Host header with an empty body. `nodeListener` answers with a
  // problem.
  requireHostHeader: false,
} satisfies ServerOptions;

/** Answers each request with `answer`, as the Lambda functions do. Local mode and the container use it. */
export function nodeListener(answer: NodeAnswer): RequestListener {
  const listener = getRequestListener(answer, {
    overrideGlobalObjects: false,
    hostname: 'localhost',
    // The automatic cleanup would reset the connection half a second after a rejected body.
    autoCleanupIncoming: false,
    errorHandler: error => {
      if (!(error instanceof Error) || error.name !== 'RequestError') throw error;
      const { status, body, headers } = refusal({ kind: 'malformed-request', detail: error.message });
      return new Response(body, { status, headers });
    },
  });
  return (request, response) => {
    responses.set(request.socket, response);
    response.once('finish', () => drain(request));
    // RFC 9112 section 3.2. HTTP/1.0 has no Host.
    if (request.httpVersion === '1.1' && request.headers.host === undefined) {
      const { status, body, headers } = refusal({ kind: 'malformed-request', detail: 'Host: is required' });
      response.writeHead(status, { ...headers, Connection: 'close' }).end(body);
      return;
    }
    request.url = originForm(request.url ?? '/');
    void listener(request, response);
  };
}

/**
 * Reads the rest of a request that was answered before it had arrived completely. Closing the connection
 * while the client sends would reset it, and the client could lose the response. Node's timeouts limit how
 * long this takes.
 */
function drain(request: IncomingMessage): void {
  if (request.complete) return;
  let size = 0;
  // The previous listeners would pause the body.
  request.removeAllListeners('data').on('data', (chunk: Uint8Array) => {
    size += chunk.length;
    if (size > MAX_DRAINED_BYTES) request.destroy();
  });
  request.resume();
}

/** Makes `server` answer with problem documents where Node would answer by itself or not at all. */
export function answerRefusals(server: Server): void {
  server.on('clientError', answerClientError);
  server.on('connect', (_request, socket) =>
    refuse(socket, {
      kind: 'method-not-allowed',
      detail: 'this server is not a proxy',
      headers: { Allow: '' },
    }),
  );
  // A server may ignore what it does not know (RFC 9110 section 10.1.1).
  server.on('checkExpectation', (request, response) => server.emit('request', request, response));
}

/** The latest response of each connection. It decides whether another response can be written. */
const responses = new WeakMap<Duplex, ServerResponse>();

/** Answers a request that Node's parser rejected, and closes the connection. */
function answerClientError(error: Error, socket: Duplex): void {
  const code = 'code' in error ? error.code : undefined;
  const response = responses.get(socket);
  const isWhole = response?.req.complete ?? true;
  if (!socket.writable || code === 'ECONNRESET' || (response?.headersSent && !isWhole)) {
    socket.destroy(error);
  } else if (response !== undefined && isWhole && !response.writableFinished) {
    // The previous request on the connection must be answered first.
    response.once('finish', () => refuse(socket, problemOf(code)));
  } else {
    refuse(socket, problemOf(code));
  }
}

/** Writes `problem` to a connection without a response object. */
function refuse(socket: Duplex, problem: Problem): void {
  const { status, body, headers } = refusal(problem);
  const all = { ...headers, 'Content-Length': String(Buffer.byteLength(body)), Connection: 'close' };
  const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}\r\n`);
  socket.end(`HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\n${lines.join('')}\r\n${body}`);
}

/** Converts a parser error code to a problem. https://nodejs.org/api/http.html#event-clienterror */
function problemOf(code: unknown): Problem {
  switch (code) {
    case 'HPE_HEADER_OVERFLOW':
      return {
        kind: 'headers-too-large',
        detail: 'the URL and the headers must have at most 16 KiB in total',
      };
    case 'HPE_CHUNK_EXTENSIONS_OVERFLOW':
      return { kind: 'payload-too-large', detail: 'the extensions of a chunk are too large' };
    case 'ERR_HTTP_REQUEST_TIMEOUT':
      return {
        kind: 'request-timeout',
        detail: `the request must arrive within ${ARRIVAL_MS / 1000} seconds`,
      };
    case 'HPE_INVALID_EOF_STATE':
      return {
        kind: 'malformed-request',
        detail: 'the connection ended before the whole request arrived: send the request again',
      };
    default:
      return { kind: 'malformed-request', detail: 'this is not a valid HTTP/1.1 request' };
  }
}

/**
 * Creates the response to a request that does not reach the app, with the headers that every response has.
 */
function refusal(problem: Problem) {
  const requestId = randomUUID();
  const { status, body, headers } = problemDocument(problem, requestId);
  return {
    status,
    body,
    headers: {
      ...problem.headers,
      ...headers,
      'X-Request-Id': requestId,
      'X-Content-Type-Options': 'nosniff',
      Date: new Date().toUTCString(),
    },
  };
}
