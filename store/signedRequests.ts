import { AwsClient } from 'aws4fetch';
import { requiredVariable } from '../model/variables.ts';

export type Environment = Readonly<Record<string, string | undefined>>;

/** A value in DynamoDB JSON, such as `{ "S": "text" }`. */
export type WireValue = Readonly<Record<string, unknown>>;
export type WireItem = Readonly<Record<string, WireValue | undefined>>;

/** The result of a request: one item or a page of items. */
export interface WireAnswer {
  readonly Item?: WireItem;
  readonly Items?: readonly WireItem[];
}

/**
 * Sends a request to DynamoDB.
 *
 * @throws Error when DynamoDB rejects the request, when `signal` aborts it, or when there is no answer.
 */
export type SignedRequests = (
  operation: 'GetItem' | 'Query',
  body: object,
  signal: AbortSignal,
) => Promise<WireAnswer>;

/**
 * Returns a client for DynamoDB over signed HTTP, for the one function that has no time to load the SDK. It
 * uses the SDK's order of endpoints (`AWS_ENDPOINT_URL_DYNAMODB`, `AWS_ENDPOINT_URL`, otherwise AWS) and
 * Lambda's credentials, and it does not retry.
 *
 * @throws Error that names a missing variable: the Region or a key.
 */
export function signedRequests(environment: Environment): SignedRequests {
  const region = requiredVariable(environment, 'AWS_REGION');
  const endpoint =
    environment['AWS_ENDPOINT_URL_DYNAMODB'] ||
    environment['AWS_ENDPOINT_URL'] ||
    `https://dynamodb.${region}.amazonaws.com`;
  const sessionToken = environment['AWS_SESSION_TOKEN'];
  const client = new AwsClient({
    accessKeyId: requiredVariable(environment, 'AWS_ACCESS_KEY_ID'),
    secretAccessKey: requiredVariable(environment, 'AWS_SECRET_ACCESS_KEY'),
    ...(sessionToken ? { sessionToken } : {}),
    service: 'dynamodb',
    region,
    retries: 0,
  });
  return async (operation, body, signal) => {
    const response = await client.fetch(`${endpoint.replace(/\/$/, '')}/`, {
      method: 'POST',
      headers: {
        'content-type': 'application/x-amz-json-1.0',
        'x-amz-target': `DynamoDB_20120810.${operation}`,
      },
      body: JSON.stringify(body),
      signal,
    });
    const text = await response.text();
    // The body of an error may repeat values of the request, so the message does not include it.
    if (!response.ok) throw new Error(`DynamoDB answered ${operation} with ${response.status}`);
    return parseAnswer(text);
  };
}

/** Returns the text attribute `name`, or undefined when the item has no such attribute. */
export function textOf(item: WireItem, name: string): string | undefined {
  const value = item[name]?.['S'];
  return typeof value === 'string' ? value : undefined;
}

/** Returns the texts in the list attribute `name`. Empty when the item has no such list. */
export function textsOf(item: WireItem, name: string): readonly string[] {
  const value = item[name]?.['L'];
  if (!Array.isArray(value)) return [];
  return value.flatMap(one => (isObject(one) && typeof one['S'] === 'string' ? [one['S']] : []));
}

function parseAnswer(text: string): WireAnswer {
  const answer: unknown = JSON.parse(text);
  if (!isObject(answer)) throw new Error('DynamoDB answered with a body that is not a JSON object');
  const { Item, Items } = answer;
  return {
    ...(isItem(Item) ? { Item } : {}),
    ...(Array.isArray(Items) ? { Items: Items.filter(isItem) } : {}),
  };
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const isItem = (value: unknown): value is WireItem => isObject(value) && Object.values(value).every(isObject);
