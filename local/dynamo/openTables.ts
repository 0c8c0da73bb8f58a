import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { TableName } from '../../model/tables.ts';
import { LocalStartError } from '../startError.ts';
import { createTables } from './createTables.ts';
import { startEngine } from './engine.ts';

export interface OpenTablesOptions {
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
  /** Resolves when the engine has ended without being asked to; never, for one that was running already. */
  readonly lost: Promise<string>;
  close(): Promise<void>;
}

/**
 * Starts the embedded engine, or uses the one that is running, and makes the tables that are not there.
 * @throws LocalStartError
 */
export async function openTables(options: OpenTablesOptions): Promise<OpenTables> {
  const engine =
    options.dynamodbEndpoint === undefined
      ? await startEngine({ file: options.databaseFile })
      : { endpoint: options.dynamodbEndpoint, lost: new Promise<string>(() => {}), stop: async () => {} };
  const client = new DynamoDBClient({
    region: options.region,
    endpoint: engine.endpoint,
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
  });
  try {
    const names = await createTables(client, options.physicalName);
    return { endpoint: engine.endpoint, names, lost: engine.lost, close: () => engine.stop() };
  } catch (error) {
    await engine.stop();
    const said = error instanceof Error ? error.message : String(error);
    throw new LocalStartError(`no tables at the DynamoDB engine ${engine.endpoint}: ${said}`, {
      cause: error,
    });
  } finally {
    client.destroy();
  }
}
