import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { TableName } from '../../model/tables.ts';
import { CommandError } from '../../model/variables.ts';
import { type KeptState, keptIn, keptTable, nothingKept } from '../keptState.ts';
import { createTable, createTables } from './createTables.ts';
import { checkDatabaseFile, takeDatabase } from './databaseOwner.ts';
import { startEngine } from './engine.ts';

export interface OpenTablesOptions {
  readonly stackName: string;
  readonly region: string;
  readonly physicalName: (name: TableName) => string;
  readonly databaseFile?: string | undefined;
  /** An engine that is running already. */
  readonly dynamodbEndpoint?: string | undefined;
}

/** A DynamoDB engine with every table of the schema. */
export interface OpenTables {
  readonly endpoint: string;
  readonly names: Record<TableName, string>;
  /** What local mode itself keeps, in the same engine. */
  readonly kept: KeptState;
  /** Resolves when the engine has ended without being asked to; never, for one that was running already. */
  readonly lost: Promise<string>;
  close(): Promise<void>;
}

/**
 * Starts the embedded engine, or uses the one that is running, and makes the tables that are not there.
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
    if (!isInMemory) await createTable(client, keptTable, keptTable.name);
    const giveBack = databaseFile === undefined ? async () => {} : await takeDatabase(client, databaseFile);
    const names = await createTables(client, options.physicalName);
    const kept = isInMemory ? nothingKept : await keptIn(client, options.stackName);
    return {
      endpoint: engine.endpoint,
      names,
      kept,
      lost: engine.lost,
      close: async () => {
        // An engine that is gone has nothing to take back: the owner's end is enough.
        await giveBack().catch(() => {});
        await close();
      },
    };
  } catch (error) {
    await close();
    if (error instanceof CommandError) throw error;
    const said = error instanceof Error ? error.message : String(error);
    throw new CommandError(`no tables at the DynamoDB engine ${engine.endpoint}: ${said}`, {
      cause: error,
    });
  }
}
