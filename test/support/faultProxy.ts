import { createServer, request as httpRequest, type IncomingMessage, type ServerResponse } from 'node:http';
import { z } from 'zod';
import { LOOPBACK } from '../../local/dynamo/engine.ts';

/** A DynamoDB request on its way to the engine. */
export interface ProxiedRequest {
  /** For example `BatchWriteItem`. */
  readonly operation: string;
  readonly body: unknown;
}

/** A fault that replaces the normal forwarding of a request. */
export type Fault =
  | { readonly kind: 'refuse'; readonly status: number; readonly type: string }
  /** The items of a BatchWriteItem that are left unprocessed. */
  | { readonly kind: 'unprocessed'; readonly isLeft: () => boolean }
  | { readonly kind: 'answer'; readonly body: unknown }
  | { readonly kind: 'disconnect' }
  /** The request is carried out, and its answer is lost. */
  | { readonly kind: 'loseAnswer' }
  | { readonly kind: 'delay'; readonly ms: number };

export interface FaultProxy {
  readonly endpoint: string;
  /** Requests by operation since the start, including those that met a fault. */
  readonly requests: ReadonlyMap<string, number>;
  total(): number;
  stop(): Promise<void>;
}

/** A DynamoDB endpoint on loopback that forwards requests to the engine at `target`, and injects faults. */
export async function startFaultProxy(
  target: string,
  faultOf: (request: ProxiedRequest) => Fault | undefined = () => undefined,
): Promise<FaultProxy> {
  const requests = new Map<string, number>();
  const handle = async (incoming: IncomingMessage, response: ServerResponse) => {
    const text = await read(incoming);
    const operation = String(incoming.headers['x-amz-target']).split('.').at(-1) ?? '';
    requests.set(operation, (requests.get(operation) ?? 0) + 1);
    const fault = faultOf({ operation, body: JSON.parse(text) });
    switch (fault?.kind) {
      case 'disconnect':
        incoming.socket.destroy();
        return;
      case 'answer':
        return answer(response, 200, fault.body);
      case 'refuse':
        return answer(response, fault.status, {
          __type: `com.amazonaws.dynamodb.v20120810#${fault.type}`,
          message: fault.type,
        });
      case 'unprocessed':
        return passPart(target, incoming, text, response, fault.isLeft);
      case 'delay':
        await new Promise(resolve => setTimeout(resolve, fault.ms));
    }
    const { status, body } = await pass(target, incoming, text);
    if (fault?.kind === 'loseAnswer') return void incoming.socket.destroy();
    response.writeHead(status, contentType).end(body);
  };
  const server = createServer((incoming, response) => {
    handle(incoming, response).catch(() => response.destroy());
  });
  await new Promise<void>(resolve => server.listen(0, LOOPBACK, resolve));
  const address = server.address();
  if (typeof address !== 'object' || address === null) throw new Error('the proxy has no port');
  return {
    endpoint: `http://${LOOPBACK}:${address.port}`,
    requests,
    total: () => [...requests.values()].reduce((sum, count) => sum + count, 0),
    stop: () =>
      new Promise(resolve => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

const contentType = { 'content-type': 'application/x-amz-json-1.0' };

function answer(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, contentType).end(JSON.stringify(body));
}

const batch = z.looseObject({ RequestItems: z.record(z.string(), z.array(z.unknown())) });

async function passPart(
  target: string,
  incoming: IncomingMessage,
  text: string,
  response: ServerResponse,
  isLeft: () => boolean,
): Promise<void> {
  const { RequestItems, ...rest } = batch.parse(JSON.parse(text));
  const taken: Record<string, unknown[]> = {};
  const left: Record<string, unknown[]> = {};
  for (const [table, items] of Object.entries(RequestItems)) {
    for (const item of items) {
      const part = isLeft() ? left : taken;
      part[table] ??= [];
      part[table].push(item);
    }
  }
  if (Object.keys(taken).length > 0) {
    const { status, body } = await pass(target, incoming, JSON.stringify({ ...rest, RequestItems: taken }));
    if (status !== 200) return void response.writeHead(status, contentType).end(body);
  }
  answer(response, 200, { UnprocessedItems: left });
}

function pass(
  target: string,
  { headers }: IncomingMessage,
  text: string,
): Promise<{ status: number; body: string }> {
  return new Promise((resolve, reject) => {
    const { 'transfer-encoding': _, ...kept } = headers;
    const outgoing = httpRequest(
      target,
      { method: 'POST', headers: { ...kept, 'content-length': Buffer.byteLength(text) } },
      reply => {
        read(reply).then(body => resolve({ status: reply.statusCode ?? 500, body }), reject);
      },
    );
    outgoing.once('error', reject);
    outgoing.end(text);
  });
}

async function read(stream: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
}
