import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';

/** The names of the requests that a client has sent since the last call. Retries are not counted. */
export function recordRequests(client: DynamoDBDocumentClient): () => string[] {
  let sent: string[] = [];
  client.middlewareStack.add(
    (next, context) => args => {
      sent.push(String(context['commandName']).replace(/Command$/, ''));
      return next(args);
    },
    { step: 'initialize', name: 'recordRequests' },
  );
  return () => {
    const taken = sent;
    sent = [];
    return taken;
  };
}
