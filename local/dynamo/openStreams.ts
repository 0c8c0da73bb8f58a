import {
  DescribeTableCommand,
  type DynamoDBClient,
  DynamoDBServiceException,
  UpdateTableCommand,
} from '@aws-sdk/client-dynamodb';
import { type TableName, tableNames, tables } from '../../model/tables.ts';

/** The ARNs of the streams of tables. */
export type StreamArns = ReadonlyMap<TableName, string>;

/**
 * Returns the streams of the tables that have one in the schema. Streams that are missing are enabled, also
 * those of a database from before the tables had them. With an engine without streams, there are none.
 */
export async function openStreams(
  client: DynamoDBClient,
  names: Readonly<Record<TableName, string>>,
): Promise<StreamArns> {
  const arns = new Map<TableName, string>();
  for (const name of tableNames.filter(table => tables[table].stream)) {
    const arn = await openStream(client, names[name]);
    if (arn !== undefined) arns.set(name, arn);
  }
  return arns;
}

async function openStream(client: DynamoDBClient, TableName: string): Promise<string | undefined> {
  const { Table } = await client.send(new DescribeTableCommand({ TableName }));
  // Enabling a stream again would begin a new one.
  if (Table?.StreamSpecification?.StreamEnabled) return Table.LatestStreamArn;
  const StreamSpecification = { StreamEnabled: true, StreamViewType: 'NEW_AND_OLD_IMAGES' } as const;
  try {
    const { TableDescription } = await client.send(
      new UpdateTableCommand({ TableName, StreamSpecification }),
    );
    return TableDescription?.LatestStreamArn;
  } catch (error) {
    // The engine does not know the operation or the setting.
    if (error instanceof DynamoDBServiceException) return undefined;
    throw error;
  }
}
