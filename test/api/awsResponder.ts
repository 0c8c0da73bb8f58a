import { createServer, type IncomingHttpHeaders } from 'node:http';
import { LOOPBACK } from '../../local/dynamo/engine.ts';

export interface AwsAnswer {
  readonly status: number;
  readonly body: object;
}

/** A server that answers the SDK's JSON requests. `answer` gets the name of the operation and the headers. */
export async function startAwsResponder(
  answer: (operation: string, headers: IncomingHttpHeaders) => AwsAnswer,
) {
  const operations: string[] = [];
  const server = createServer((request, response) => {
    const operation = String(request.headers['x-amz-target']).replace(/^.*\./, '');
    operations.push(operation);
    const { status, body } = answer(operation, request.headers);
    request.resume().on('end', () => {
      response.writeHead(status, { 'content-type': 'application/x-amz-json-1.1' }).end(JSON.stringify(body));
    });
  });
  await new Promise<void>(resolve => server.listen(0, LOOPBACK, resolve));
  const address = server.address();
  if (typeof address !== 'object' || address === null) throw new Error('the server has no port');
  return {
    endpoint: `http://${LOOPBACK}:${address.port}`,
    /** The operations that were requested, in order. */
    operations,
    stop: () => {
      server.closeAllConnections();
      return new Promise<void>(resolve => server.close(() => resolve()));
    },
  };
}
