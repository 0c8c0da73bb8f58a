import {
  CreateTableCommand,
  type CreateTableCommandInput,
  type DynamoDBClient,
  type KeySchemaElement,
  type Projection,
  ResourceInUseException,
  UpdateTimeToLiveCommand,
} from '@aws-sdk/client-dynamodb';
import { type IndexSpec, type KeySpec, keyAttributes, type TableSpec } from '../../model/tableSpec.ts';
import { type TableName, tables } from '../../model/tables.ts';

/** Creates the missing tables of the schema, and returns the physical names of all tables. */
export async function createTables(
  client: DynamoDBClient,
  physicalName: (name: TableName) => string,
): Promise<Record<TableName, string>> {
  const names = Object.keys(tables) as TableName[];
  const made = await Promise.all(
    names.map(async name => [name, await createTable(client, tables[name], physicalName(name))] as const),
  );
  return Object.fromEntries(made) as Record<TableName, string>;
}

/** Creates a table unless it exists. */
export async function createTable(
  client: DynamoDBClient,
  spec: TableSpec,
  tableName: string,
): Promise<string> {
  try {
    await client.send(new CreateTableCommand(createTableInput(spec, tableName)));
  } catch (error) {
    if (!(error instanceof ResourceInUseException)) throw error;
    return tableName;
  }
  if (spec.ttl !== undefined) {
    const TimeToLiveSpecification = { Enabled: true, AttributeName: spec.ttl };
    await client.send(new UpdateTimeToLiveCommand({ TableName: tableName, TimeToLiveSpecification }));
  }
  return tableName;
}

/** Returns the input of CreateTable for `spec`. */
export function createTableInput(spec: TableSpec, tableName: string): CreateTableCommandInput {
  const local = spec.indexes.filter(index => index.kind === 'local').map(indexInput);
  const global = spec.indexes.filter(index => index.kind === 'global').map(indexInput);
  return {
    TableName: tableName,
    BillingMode: 'PAY_PER_REQUEST',
    AttributeDefinitions: keyAttributes(spec).map(name => ({
      AttributeName: name,
      AttributeType: spec.numeric?.includes(name) ? 'N' : 'S',
    })),
    KeySchema: keySchema(spec.key),
    ...(local.length === 0 ? {} : { LocalSecondaryIndexes: local }),
    ...(global.length === 0 ? {} : { GlobalSecondaryIndexes: global }),
  };
}

function indexInput(index: IndexSpec) {
  return { IndexName: index.name, KeySchema: keySchema(index.key), Projection: projection(index) };
}

function keySchema(key: KeySpec): KeySchemaElement[] {
  return [
    { AttributeName: key.hash, KeyType: 'HASH' },
    ...(key.range === undefined ? [] : [{ AttributeName: key.range, KeyType: 'RANGE' as const }]),
  ];
}

function projection({ projects }: IndexSpec): Projection {
  if (projects === 'all') return { ProjectionType: 'ALL' };
  if (projects === 'keys') return { ProjectionType: 'KEYS_ONLY' };
  return { ProjectionType: 'INCLUDE', NonKeyAttributes: [...projects] };
}
