import { DynamoDBClient, type DynamoDBClientConfig } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import type { TableName } from '../model/tables.ts';
import { tableVariable } from '../model/tableVariable.ts';
import { requiredVariable, type Variables } from '../model/variables.ts';

/** A document client and the physical names of the tables it may use. */
export interface Database<T extends TableName = TableName> {
  readonly client: DynamoDBDocumentClient;
  readonly names: Readonly<Record<T, string>>;
}

/**
 * Creates a client that omits undefined members instead of rejecting them, and retries throttled requests.
 * The SDK chooses the endpoint: `AWS_ENDPOINT_URL_DYNAMODB`, `AWS_ENDPOINT_URL`, otherwise AWS.
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
 * How long the SDK's clients in a Lambda function try: three times, each with one second to connect, 1.5 seconds until
 * the answer begins, and 1.5 seconds without a byte until the answer is complete. One request takes less than five
 * seconds when the database does not answer. Three requests in sequence, as folding an event takes, end within the 20
 * seconds of an API function and within the 20 seconds that `postStreamEvents` has left after its last retry.
 */
export const functionRequests = {
  maxAttempts: 3,
  requestHandler: {
    connectionTimeout: 1_000,
    requestTimeout: 1_500,
    socketTimeout: 1_500,
    throwOnRequestTimeout: true,
  },
} as const satisfies DynamoDBClientConfig;

/**
 * Reads the physical names of the `wanted` tables from the environment.
 *
 * @throws Error that names the first missing variable.
 */
export function tableNamesFrom<T extends TableName>(
  environment: Variables,
  wanted: readonly T[],
): Record<T, string> {
  const entries = wanted.map(name => [name, requiredVariable(environment, tableVariable(name))] as const);
  return Object.fromEntries(entries) as Record<T, string>;
}

/**
 * Returns the `wanted` tables with the names that the environment gives them, and a client with the settings
 * of a function.
 *
 * @throws Error that names the first missing variable.
 */
export function databaseFrom<T extends TableName>(environment: Variables, wanted: readonly T[]): Database<T> {
  return { names: tableNamesFrom(environment, wanted), client: documentClient(functionRequests) };
}
