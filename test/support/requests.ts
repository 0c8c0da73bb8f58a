import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';

/** The names of the requests a client has sent since it was last asked, in order. Retries are not counted twice. */
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
