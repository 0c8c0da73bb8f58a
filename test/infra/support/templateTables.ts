import {
  CreateTableCommand,
  type CreateTableCommandInput,
  type DynamoDBClient,
} from '@aws-sdk/client-dynamodb';
import { z } from 'zod';
import { tableOutputKey } from '../../../model/outputs.ts';
import { type TableName, tableNames } from '../../../model/tables.ts';
import { resolve, resolveString } from './resolve.ts';
import { type CfnTemplate, resourcesOf } from './template.ts';

const keyType = z.enum(['HASH', 'RANGE']);
const attributeType = z.enum(['S', 'N', 'B']);
const projectionType = z.enum(['ALL', 'KEYS_ONLY', 'INCLUDE']);

const keySchema = z.array(z.strictObject({ AttributeName: z.string(), KeyType: keyType }));
const index = z.strictObject({
  IndexName: z.string(),
  KeySchema: keySchema,
  Projection: z.strictObject({
    ProjectionType: projectionType,
    NonKeyAttributes: z.array(z.string()).default([]),
  }),
});

/** The properties of a table that CreateTable also accepts. */
const tableProperties = z.object({
  AttributeDefinitions: z.array(z.strictObject({ AttributeName: z.string(), AttributeType: attributeType })),
  BillingMode: z.literal('PAY_PER_REQUEST'),
  KeySchema: keySchema,
  GlobalSecondaryIndexes: z.array(index).default([]),
  LocalSecondaryIndexes: z.array(index).default([]),
});

/** Creates the tables of a template in a DynamoDB engine. Returns their names as in the stack's outputs. */
export async function createTemplateTables(
  client: DynamoDBClient,
  template: CfnTemplate,
): Promise<Record<TableName, string>> {
  for (const { logicalId, Properties } of resourcesOf(template, 'AWS::DynamoDB::GlobalTable')) {
    const properties = tableProperties.parse(resolve(template, Properties));
    await client.send(
      new CreateTableCommand(createTableInput(resolveString(template, { Ref: logicalId }), properties)),
    );
  }
  return outputNames(template);
}

function createTableInput(
  TableName: string,
  { GlobalSecondaryIndexes, LocalSecondaryIndexes, ...table }: z.infer<typeof tableProperties>,
): CreateTableCommandInput {
  const indexes = (list: readonly z.infer<typeof index>[]) =>
    list.map(({ Projection: { ProjectionType, NonKeyAttributes }, ...rest }) => ({
      ...rest,
      Projection: {
        ProjectionType,
        ...(NonKeyAttributes.length === 0 ? {} : { NonKeyAttributes }),
      },
    }));
  return {
    TableName,
    ...table,
    ...(GlobalSecondaryIndexes.length === 0
      ? {}
      : { GlobalSecondaryIndexes: indexes(GlobalSecondaryIndexes) }),
    ...(LocalSecondaryIndexes.length === 0 ? {} : { LocalSecondaryIndexes: indexes(LocalSecondaryIndexes) }),
  };
}

/** Returns the physical names of the tables, as in the stack's outputs. */
function outputNames(template: CfnTemplate): Record<TableName, string> {
  const names = tableNames.map(name => [
    name,
    resolveString(template, template.Outputs[tableOutputKey(name)]?.Value),
  ]);
  return z.record(z.enum(tableNames), z.string()).parse(Object.fromEntries(names));
}
