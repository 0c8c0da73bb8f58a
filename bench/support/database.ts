import { BatchWriteCommand } from '@aws-sdk/lib-dynamodb';
import { createTables } from '../../local/dynamo/createTables.ts';
import { startEngine } from '../../local/dynamo/engine.ts';
import { type Database, documentClient } from '../../store/database.ts';

const BATCH = 25;

/** Runs `measure` on a new engine with empty tables. */
export async function withDatabase(
  measure: (database: Database, endpoint: string) => Promise<void>,
): Promise<void> {
  process.env['AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED'] = 'true';
  const engine = await startEngine();
  try {
    const client = benchClient(engine.endpoint);
    await measure({ client, names: await createTables(client, name => `bench-${name}`) }, engine.endpoint);
    client.destroy();
  } finally {
    await engine.stop();
  }
}

export function benchClient(endpoint: string) {
  const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };
  return documentClient({ endpoint, region: 'us-west-2', credentials });
}

/** Writes rows unchanged. */
export async function fill(
  { client }: Database,
  table: string,
  rows: Iterable<Record<string, unknown>>,
): Promise<void> {
  let batch: { PutRequest: { Item: Record<string, unknown> } }[] = [];
  const flush = async () => {
    if (batch.length > 0) await client.send(new BatchWriteCommand({ RequestItems: { [table]: batch } }));
    batch = [];
  };
  for (const Item of rows) {
    batch.push({ PutRequest: { Item } });
    if (batch.length === BATCH) await flush();
  }
  await flush();
}

/** Returns a function that returns the number of requests that the client has sent. */
export function countRequests({ client }: Database): () => number {
  let count = 0;
  client.middlewareStack.add(
    next => args => {
      count++;
      return next(args);
    },
    { step: 'initialize', name: 'countRequests' },
  );
  return () => count;
}
