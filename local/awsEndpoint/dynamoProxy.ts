import { Agent, request as httpRequest, type IncomingMessage, type ServerResponse } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import { json, sendReply } from './exchange.ts';

/** Hands requests on to a DynamoDB engine, and its answers back, byte by byte. */
export interface DynamoProxy {
  forward(message: IncomingMessage, response: ServerResponse): void;
  close(): void;
}

// They are of one connection, so they end here (RFC 9110 section 7.6.1); the engine's host is its own.
const hopByHop = new Set(['connection', 'keep-alive', 'host', 'transfer-encoding']);

export function dynamoProxy(endpoint: string): DynamoProxy {
  const target = new URL(endpoint);
  const secure = target.protocol === 'https:';
  const request = secure ? httpsRequest : httpRequest;
  const agent = secure ? new HttpsAgent({ keepAlive: true }) : new Agent({ keepAlive: true });

  return {
    forward: (message, response) => {
      const headers = Object.fromEntries(
        Object.entries(message.headers).filter(([name]) => !hopByHop.has(name)),
      );
      const forwarded = request(target, { agent, method: message.method, headers }, answer => {
        response.writeHead(answer.statusCode ?? 502, withoutHops(answer.rawHeaders));
        answer.pipe(response);
      });
      forwarded.once('error', error => {
        if (response.headersSent) return void response.destroy(error);
        const body = { __type: 'InternalServerError', message: `the DynamoDB engine: ${error.message}` };
        sendReply(response, json(500, body));
      });
      response.once('close', () => {
        if (!response.writableFinished) forwarded.destroy();
      });
      message.pipe(forwarded);
    },
    close: () => agent.destroy(),
  };
}

function withoutHops(raw: readonly string[]): string[] {
  return raw.filter((_, index) => {
    const name = raw[index - (index % 2)] ?? '';
    return !hopByHop.has(name.toLowerCase());
  });
}
