import { AwsClient } from 'aws4fetch';
import { requiredVariable } from '../model/variables.ts';

export type Environment = Readonly<Record<string, string | undefined>>;

/** A value as DynamoDB writes it in JSON, as `{ "S": "text" }`. */
export type WireValue = Readonly<Record<string, unknown>>;
export type WireItem = Readonly<Record<string, WireValue | undefined>>;

/** What a request may find: one item, or a page of them. */
export interface WireAnswer {
  readonly Item?: WireItem;
  readonly Items?: readonly WireItem[];
}

/** @throws Error when DynamoDB refuses, `signal` ends the request, or nothing answers. */
export type SignedRequests = (
  operation: 'GetItem' | 'Query',
  body: object,
  signal: AbortSignal,
) => Promise<WireAnswer>;

/**
 * DynamoDB over signed HTTP, for the one function that has no time to load the SDK. It is the SDK's choice of endpoint
 * (`AWS_ENDPOINT_URL_DYNAMODB`, `AWS_ENDPOINT_URL`, else AWS) and Lambda's own credentials; it tries nothing twice.
 *
 * @throws Error that names a variable that is missing: the Region, or a key.
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
    // The body of a refusal may repeat what was asked for.
    if (!response.ok) throw new Error(`DynamoDB answered ${operation} with ${response.status}`);
    return parseAnswer(text);
  };
}

/** The text of `name`, undefined when the item has none. */
export function textOf(item: WireItem, name: string): string | undefined {
  const value = item[name]?.['S'];
  return typeof value === 'string' ? value : undefined;
}

/** The texts in the list `name`; none when the item has no such list. */
export function textsOf(item: WireItem, name: string): readonly string[] {
  const value = item[name]?.['L'];
  if (!Array.isArray(value)) return [];
  return value.flatMap(one => (isObject(one) && typeof one['S'] === 'string' ? [one['S']] : []));
}

function parseAnswer(text: string): WireAnswer {
  const answer: unknown = JSON.parse(text);
  if (!isObject(answer)) throw new Error('DynamoDB answered with something else than an object');
  const { Item, Items } = answer;
  return {
    ...(isItem(Item) ? { Item } : {}),
    ...(Array.isArray(Items) ? { Items: Items.filter(isItem) } : {}),
  };
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const isItem = (value: unknown): value is WireItem => isObject(value) && Object.values(value).every(isObject);
