import { Agent, request as httpRequest, type IncomingMessage, type ServerResponse } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import { json, sendReply } from './http.ts';

/** Forwards requests to a DynamoDB engine and its answers to the client, unchanged. */
export interface DynamoProxy {
  forward(message: IncomingMessage, response: ServerResponse): void;
  close(): void;
}

// Headers of a single connection (RFC 9110 section 7.6.1), and the host, which is another one at the engine.
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
        const body = {
          __type: 'InternalServerError',
          message: `cannot reach the DynamoDB engine: ${error.message}`,
        };
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
