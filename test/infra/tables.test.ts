import { describe, expect, test } from '@jest/globals';
import { createTableInput } from '../../local/dynamo/createTables.ts';
import { tableOutputKey } from '../../model/outputs.ts';
import { type TableName, tableNames, tables } from '../../model/tables.ts';
import { type CfnTemplate, resourcesOf } from './support/template.ts';
import { synthesizedOf } from './support/templateOf.ts';

const TABLE = 'AWS::DynamoDB::GlobalTable';

const stages = { dev: synthesizedOf('dev'), prod: synthesizedOf('prod') };
const dev = stages.dev.template;
const prod = stages.prod.template;

/** The table that the output `name` refers to. */
function tableOf(template: CfnTemplate, name: TableName) {
  const found = resourcesOf(template, TABLE).find(({ logicalId }) => {
    const output = template.Outputs[tableOutputKey(name)]?.Value;
    return JSON.stringify(output) === JSON.stringify({ Ref: logicalId });
  });
  if (found === undefined) throw new Error(`no table for the output of ${name}`);
  return found;
}

describe('tables', () => {
  test('there is one for each table of the schema, and no other', () => {
    expect(resourcesOf(dev, TABLE)).toHaveLength(tableNames.length);
    expect(new Set(tableNames.map(name => tableOf(dev, name).logicalId)).size).toBe(tableNames.length);
  });

  // All other tests use the local tables, which other code makes from the schema.
  test.each(tableNames)('%s has the keys and indexes of the local table', name => {
    const { Properties } = tableOf(dev, name);
    const local = createTableInput(tables[name], name);
    const indexes = (key: string): readonly unknown[] => {
      const list = Properties[key];
      return Array.isArray(list) ? list : [];
    };
    expect(Properties['KeySchema']).toEqual(local.KeySchema);
    expect(Properties['BillingMode']).toBe('PAY_PER_REQUEST');
    expect(new Set(indexes('AttributeDefinitions'))).toEqual(new Set(local.AttributeDefinitions));
    const byName = (list: readonly unknown[] | undefined) =>
      new Map((list ?? []).map(index => [JSON.stringify(Object(index).IndexName), index]));
    expect(byName(indexes('GlobalSecondaryIndexes'))).toEqual(byName(local.GlobalSecondaryIndexes));
    expect(byName(indexes('LocalSecondaryIndexes'))).toEqual(byName(local.LocalSecondaryIndexes));
  });

  test.each(tableNames)('%s expires rows if and only if the schema says so', name => {
    const { ttl } = tables[name];
    expect(tableOf(dev, name).Properties['TimeToLiveSpecification']).toEqual(
      ttl === undefined ? undefined : { AttributeName: ttl, Enabled: true },
    );
  });

  test("a channel's stream key and ingest endpoint are in no index", () => {
    const projected = JSON.stringify(tableOf(dev, 'channels').Properties['GlobalSecondaryIndexes']);
    expect(projected).not.toMatch(/streamKey|ingestEndpoint/);
    expect(projected).toContain('followerCount');
  });

  test.each(tableNames)('in prod, %s is retained, backed up and protected from deletion', name => {
    const { Properties, DeletionPolicy, UpdateReplacePolicy } = tableOf(prod, name);
    expect([DeletionPolicy, UpdateReplacePolicy]).toEqual(['Retain', 'Retain']);
    expect(Properties['Replicas']).toEqual([
      expect.objectContaining({
        DeletionProtectionEnabled: true,
        PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
      }),
    ]);
  });

  test.each(tableNames)('in dev, %s is deleted with the stack', name => {
    const { Properties, DeletionPolicy, UpdateReplacePolicy } = tableOf(dev, name);
    expect([DeletionPolicy, UpdateReplacePolicy]).toEqual(['Delete', 'Delete']);
    expect(Properties['Replicas']).toEqual([expect.objectContaining({ DeletionProtectionEnabled: false })]);
  });

  test('only the prod stack is protected from deletion', () => {
    expect(stages.prod.terminationProtection).toBe(true);
    expect(stages.dev.terminationProtection).toBe(false);
  });
});
