import { RemovalPolicy } from 'aws-cdk-lib';
import { Metric, type MetricOptions } from 'aws-cdk-lib/aws-cloudwatch';
import {
  AttributeType,
  Billing,
  ProjectionType,
  StreamViewType,
  TableEncryptionV2,
  TableV2,
} from 'aws-cdk-lib/aws-dynamodb';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import type { TableGrant } from '../../model/functions.ts';
import type { IndexSpec, KeySpec, TableSpec } from '../../model/tableSpec.ts';
import { type TableName, tableNames, tables } from '../../model/tables.ts';
import { tableVariable } from '../../model/tableVariable.ts';

export interface TablesProps {
  readonly retainData: boolean;
}

export interface TableMetricOptions extends MetricOptions {
  /** The name of a global index. If it is omitted, the metric is that of the table itself. */
  readonly index?: string | undefined;
}

/** One on-demand DynamoDB table for each table of the schema. */
export class Tables extends Construct {
  private readonly made: ReadonlyMap<TableName, TableV2>;

  constructor(scope: Construct, id: string, { retainData }: TablesProps) {
    super(scope, id);
    this.made = new Map(
      tableNames.map(name => [
        name,
        new TableV2(this, constructId(name), tableProps(tables[name], retainData)),
      ]),
    );
  }

  /** Returns the table's physical name. */
  nameOf(name: TableName): string {
    return this.table(name).tableName;
  }

  /** Returns the ARN of the table's stream. @throws Error when the table has none */
  streamOf(name: TableName): string {
    const { tableStreamArn } = this.table(name);
    if (tableStreamArn === undefined) throw new Error(`the table ${name} has no stream`);
    return tableStreamArn;
  }

  /** Grants `to` the actions of `grant` on a table, and sets the variable with the table's name. */
  grant(name: TableName, { actions, indexes = [], stream }: TableGrant, to: Grantee): void {
    const { tableArn, tableName } = this.table(name);
    // IAM authorizes a query of an index on the index only.
    const allowed = [
      { actions: actions.map(action => `dynamodb:${action}`), resources: [tableArn] },
      { actions: ['dynamodb:Query'], resources: indexes.map(index => `${tableArn}/index/${index}`) },
      ...(stream ? [{ actions: streamActions, resources: [this.streamOf(name)] }] : []),
    ];
    for (const statement of allowed) {
      if (statement.actions.length > 0 && statement.resources.length > 0)
        to.addToRolePolicy(new PolicyStatement(statement));
    }
    to.addEnvironment(tableVariable(name), tableName);
  }

  /** Returns a DynamoDB metric of a table or an index. */
  metric(name: TableName, metricName: string, { index, ...options }: TableMetricOptions): Metric {
    const { tableName } = this.table(name);
    return new Metric({
      namespace: 'AWS/DynamoDB',
      metricName,
      dimensionsMap: {
        TableName: tableName,
        ...(index === undefined ? {} : { GlobalSecondaryIndexName: index }),
      },
      label: index === undefined ? name : `${name}/${index}`,
      ...options,
    });
  }

  private table(name: TableName): TableV2 {
    const table = this.made.get(name);
    if (table === undefined) throw new Error(`no table ${name}`);
    return table;
  }
}

/** Lambda's poller uses them with the permissions of the function. It also needs ListStreams. */
const streamActions = ['DescribeStream', 'GetRecords', 'GetShardIterator'].map(
  action => `dynamodb:${action}`,
);

function tableProps(spec: TableSpec, retainData: boolean) {
  const attribute = (name: string) => ({
    name,
    type: spec.numeric?.includes(name) ? AttributeType.NUMBER : AttributeType.STRING,
  });
  const keys = ({ hash, range }: KeySpec) => ({
    partitionKey: attribute(hash),
    ...(range === undefined ? {} : { sortKey: attribute(range) }),
  });
  return {
    ...keys(spec.key),
    globalSecondaryIndexes: spec.indexes
      .filter(index => index.kind === 'global')
      .map(index => ({ indexName: index.name, ...keys(index.key), ...projection(index) })),
    localSecondaryIndexes: spec.indexes
      .filter(index => index.kind === 'local')
      .map(index => ({
        indexName: index.name,
        sortKey: attribute(localRange(index)),
        ...projection(index),
      })),
    ...(spec.ttl === undefined ? {} : { timeToLiveAttribute: spec.ttl }),
    ...(spec.stream ? { dynamoStream: StreamViewType.NEW_AND_OLD_IMAGES } : {}),
    billing: Billing.onDemand(),
    // DynamoDB's own key is free. A KMS key of the account would be charged and throttled per request.
    encryption: TableEncryptionV2.dynamoOwnedKey(),
    pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: retainData },
    deletionProtection: retainData,
    removalPolicy: retainData ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY,
  };
}

function localRange({ name, key }: IndexSpec): string {
  if (key.range === undefined) throw new Error(`the local index ${name} has no range key`);
  return key.range;
}

function projection({ projects }: IndexSpec) {
  if (projects === 'all') return { projectionType: ProjectionType.ALL };
  if (projects === 'keys') return { projectionType: ProjectionType.KEYS_ONLY };
  return { projectionType: ProjectionType.INCLUDE, nonKeyAttributes: [...projects] };
}

/** Converts a name of `model/` to a construct id: `streamEvents` becomes `StreamEvents`. */
export const constructId = (name: string): string => `${name.charAt(0).toUpperCase()}${name.slice(1)}`;

/** A function or a container that gets permissions and environment variables. */
export interface Grantee {
  addToRolePolicy(statement: PolicyStatement): void;
  addEnvironment(variable: string, value: string): void;
}
