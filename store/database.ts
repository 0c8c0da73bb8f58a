import { DynamoDBClient, type DynamoDBClientConfig } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { type TableName, tableVariable } from '../model/tables.ts';
import { requiredVariable } from '../model/variables.ts';

/** A document client and the physical names of the tables it may use. */
export interface Database<T extends TableName = TableName> {
  readonly client: DynamoDBDocumentClient;
  readonly names: Readonly<Record<T, string>>;
}

/**
 * A client that drops undefined members instead of refusing them, and tries throttled requests again.
 * The endpoint is the SDK's own choice: `AWS_ENDPOINT_URL_DYNAMODB`, `AWS_ENDPOINT_URL`, else AWS.
 */
export function documentClient(config: DynamoDBClientConfig = {}): DynamoDBDocumentClient {
  return DynamoDBDocumentClient.from(
    new DynamoDBClient({ maxAttempts: 8, retryMode: 'standard', ...config }),
    {
      marshallOptions: { removeUndefinedValues: true },
    },
  );
}

/**
 * For the client of a function that handles events: one request takes less than 5 seconds, also when the database does
 * not answer at all. A fold makes three requests one after another at most, so that the last try of `retryOnConflict` ends
 * within the function's 45 seconds.
 */
export const eventRequests = {
  maxAttempts: 3,
  requestHandler: {
    connectionTimeout: 1_000,
    requestTimeout: 1_500,
    socketTimeout: 1_500,
    throwOnRequestTimeout: true,
  },
} as const satisfies DynamoDBClientConfig;

/**
 * Reads the physical names of `wanted` from the environment.
 * @throws Error that names the first variable that is missing.
 */
export function tableNamesFrom<T extends TableName>(
  environment: Readonly<Record<string, string | undefined>>,
  wanted: readonly T[],
): Record<T, string> {
  const entries = wanted.map(name => {
    return [name, requiredVariable(environment, tableVariable(name))] as const;
  });
  return Object.fromEntries(entries) as Record<T, string>;
}
