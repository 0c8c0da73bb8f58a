import { afterAll, beforeAll } from '@jest/globals';
import { createTables } from '../../local/dynamo/createTables.ts';
import { type Engine, startEngine } from '../../local/dynamo/engine.ts';
import { type Database, documentClient } from '../../store/database.ts';
import { keepDynamoRules } from './dynamoRules.ts';

// Test files that run one after another share the SDK's modules.
afterAll(keepDynamoRules());

/** Fake credentials and a Region. The engine checks neither. */
export const localCredentials = {
  region: 'us-west-2',
  credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
} as const;

export interface TestDatabase extends Database {
  readonly engine: Engine;
  stop(): Promise<void>;
}

/** A new engine with every table of the schema, all empty. */
export async function startDatabase(): Promise<TestDatabase> {
  const engine = await startEngine();
  const client = documentClient({ ...localCredentials, endpoint: engine.endpoint });
  const names = await createTables(client, name => `test-${name}`);
  const stop = async () => {
    client.destroy();
    await engine.stop();
  };
  return { engine, client, names, stop };
}

/** Starts a database before the tests of a file and stops it after them. */
export function useDatabase(): () => TestDatabase {
  let database: TestDatabase | undefined;
  beforeAll(async () => {
    database = await startDatabase();
  });
  afterAll(() => database?.stop());
  return () => {
    if (database === undefined) throw new Error('the database is started in beforeAll');
    return database;
  };
}
