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

/** Answers a request, of which the bindings tell what connection it came over. */
type NodeAnswer = Parameters<typeof getRequestListener>[0];

/** As long as API Gateway waits for a request to arrive whole: a slow caller must not hold a connection. */
const ARRIVAL_MS = 30_000;

/** As large as a body that API Gateway takes. */
const MAX_DRAINED_BYTES = 10 * 1024 * 1024;

/** The options of a server outside Lambda. */
export const nodeServerOptions = {
  requestTimeout: ARRIVAL_MS,
  headersTimeout: ARRIVAL_MS,
  // Node would refuse a request without a Host itself, without a body: `nodeListener` does.
  requireHostHeader: false,
} satisfies ServerOptions;

/** Answers each request with `answer`, as the Lambdas would: local mode and the container have this in common. */
export function nodeListener(answer: NodeAnswer): RequestListener {
  const listener = getRequestListener(answer, {
    overrideGlobalObjects: false,
    hostname: 'localhost',
    // It gives a client half a second to send the rest of a body that was refused, and then resets the connection.
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
      const { status, body, headers } = refusal({ kind: 'malformed-request', detail: 'Host: must be given' });
      response.writeHead(status, { ...headers, Connection: 'close' }).end(body);
      return;
    }
    request.url = originForm(request.url ?? '/');
    void listener(request, response);
  };
}

/**
 * Reads what is left of a request that was answered before it was whole. A connection that is closed while the client
 * sends is reset, and then the client may lose the answer. Node's timeouts bound how long this takes.
 */
function drain(request: IncomingMessage): void {
  if (request.complete) return;
  let size = 0;
  // The listeners of a body that nobody reads any more would pause it.
  request.removeAllListeners('data').on('data', (chunk: Uint8Array) => {
    size += chunk.length;
    if (size > MAX_DRAINED_BYTES) request.destroy();
  });
  request.resume();
}

/** Lets `server` answer with problem documents what Node would answer itself, or not at all. */
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

/** The latest response of each connection: it decides whether another one can be written. */
const responses = new WeakMap<Duplex, ServerResponse>();

/** Answers what Node's parser refuses, and ends the connection. */
function answerClientError(error: Error, socket: Duplex): void {
  const code = 'code' in error ? error.code : undefined;
  const response = responses.get(socket);
  const isWhole = response?.req.complete ?? true;
  if (!socket.writable || code === 'ECONNRESET' || (response?.headersSent && !isWhole)) {
    socket.destroy(error);
  } else if (response !== undefined && isWhole && !response.writableFinished) {
    // The request before the one at fault is owed its answer.
    response.once('finish', () => refuse(socket, problemOf(code)));
  } else {
    refuse(socket, problemOf(code));
  }
}

/** Writes `problem` on a connection that has no response to write it with. */
function refuse(socket: Duplex, problem: Problem): void {
  const { status, body, headers } = refusal(problem);
  const all = { ...headers, 'Content-Length': String(Buffer.byteLength(body)), Connection: 'close' };
  const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}\r\n`);
  socket.end(`HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\n${lines.join('')}\r\n${body}`);
}

/** What the parser's error code means to the client. https://nodejs.org/api/http.html#event-clienterror */
function problemOf(code: unknown): Problem {
  switch (code) {
    case 'HPE_HEADER_OVERFLOW':
      return {
        kind: 'headers-too-large',
        detail: 'the URL and the headers must have at most 16 KiB together',
      };
    case 'HPE_CHUNK_EXTENSIONS_OVERFLOW':
      return { kind: 'payload-too-large', detail: 'the extensions of a chunk are too large' };
    case 'ERR_HTTP_REQUEST_TIMEOUT':
      return {
        kind: 'request-timeout',
        detail: `the request must arrive within ${ARRIVAL_MS / 1000} seconds`,
      };
    case 'HPE_INVALID_EOF_STATE':
      return { kind: 'malformed-request', detail: 'the connection ended before the request was whole' };
    default:
      return { kind: 'malformed-request', detail: 'this is not a valid HTTP/1.1 request' };
  }
}

/** The answer to a request that does not reach the API, with the headers that all its answers have. */
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
