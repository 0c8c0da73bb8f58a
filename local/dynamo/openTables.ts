import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { TableName } from '../../model/tables.ts';
import { CommandError } from '../../model/variables.ts';
import { nullStateStore, openStateStore, type StateStore, stateTable } from '../stateStore.ts';
import { createTable, createTables } from './createTables.ts';
import { checkDatabaseFile, lockDatabase } from './databaseLock.ts';
import { startEngine } from './engine.ts';
import { openStreams, type StreamArns } from './openStreams.ts';

export interface OpenTablesOptions {
  readonly stackName: string;
  readonly region: string;
  readonly physicalName: (name: TableName) => string;
  readonly databaseFile?: string | undefined;
  /** The URL of a running engine. Without it, the embedded engine is started. */
  readonly dynamodbEndpoint?: string | undefined;
}

/** A DynamoDB engine with every table of the schema. */
export interface OpenTables {
  readonly endpoint: string;
  readonly names: Record<TableName, string>;
  /** The streams of the tables. Empty for an engine without streams. */
  readonly streams: StreamArns;
  /** The state of local mode itself, in the same engine. */
  readonly stateStore: StateStore;
  /** Resolves when the embedded engine has ended without `close`. Never resolves for another engine. */
  readonly lost: Promise<string>;
  close(): Promise<void>;
}

/**
 * Starts the embedded engine or connects to a running one, and creates the missing tables.
 * @throws CommandError
 */
export async function openTables(options: OpenTablesOptions): Promise<OpenTables> {
  const { databaseFile, dynamodbEndpoint } = options;
  if (databaseFile !== undefined) checkDatabaseFile(databaseFile);
  const engine =
    dynamodbEndpoint === undefined
      ? await startEngine({ file: databaseFile })
      : { endpoint: dynamodbEndpoint, lost: new Promise<string>(() => {}), stop: async () => {} };
  const client = new DynamoDBClient({
    region: options.region,
    endpoint: engine.endpoint,
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
    maxAttempts: 8,
  });
  const close = async () => {
    client.destroy();
    await engine.stop();
  };
  try {
    const isInMemory = databaseFile === undefined && dynamodbEndpoint === undefined;
    if (!isInMemory) await createTable(client, stateTable, stateTable.name);
    const unlock = databaseFile === undefined ? async () => {} : await lockDatabase(client, databaseFile);
    const names = await createTables(client, options.physicalName);
    const streams = await openStreams(client, names);
    const stateStore = isInMemory ? nullStateStore : await openStateStore(client, options.stackName);
    return {
      endpoint: engine.endpoint,
      names,
      streams,
      stateStore,
      lost: engine.lost,
      close: async () => {
        // This fails when the engine has ended. The lock then ends with this process.
        await unlock().catch(() => {});
        await close();
      },
    };
  } catch (error) {
    await close();
    if (error instanceof CommandError) throw error;
    const reason = error instanceof Error ? error.message : String(error);
    throw new CommandError(
      `cannot create or read the tables at the DynamoDB engine ${engine.endpoint}: ${reason}`,
      {
        cause: error,
      },
    );
  }
}
