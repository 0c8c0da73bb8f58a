import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod';
import type { KeySpec } from '../../model/tableSpec.ts';
import { type TableName, tableNames, tables } from '../../model/tables.ts';

// Rules of DynamoDB that the embedded engine does not enforce. Every query that a test sends is checked
// against them.

const keyValue = z.union([
  z.string(),
  z.number(),
  z.object({ S: z.string() }).transform(({ S }) => S),
  z.object({ N: z.string() }).transform(({ N }) => Number(N)),
]);
const read = z.object({
  TableName: z.string(),
  IndexName: z.string().optional(),
  KeyConditionExpression: z.string().optional(),
  FilterExpression: z.string().optional(),
  ProjectionExpression: z.string().optional(),
  Select: z.string().optional(),
  ExpressionAttributeNames: z.record(z.string(), z.string()).optional(),
  ExpressionAttributeValues: z.record(z.string(), z.unknown()).optional(),
  ExclusiveStartKey: z.record(z.string(), keyValue).optional(),
});
type Read = z.infer<typeof read>;

/**
 * Which rule of DynamoDB a Query or a Scan breaks that the embedded engine does not enforce, or undefined.
 *
 * - A projection and a filter may only name attributes that the index projects. DynamoDB refuses others on a
 *   global index, and reads the table for each row of a local one. The engine does neither.
 * - `ExclusiveStartKey` has the key attributes of the table and of the index, and meets the key condition
 *   itself: the same partition, and within the range.
 *
 * @param input the input for the SDK's document client or its plain client
 */
export function brokenRule(input: unknown): string | undefined {
  const request = read.parse(input);
  const name = tableOf(request.TableName);
  // The engine itself refuses an unknown table.
  if (name === undefined) return undefined;
  const table = tables[name];
  const index = table.indexes.find(({ name }) => name === request.IndexName);
  const keys = [table.key, ...(index === undefined ? [] : [index.key])].flatMap(attributesOf);
  if (index !== undefined && index.projects !== 'all') {
    const projected = [...keys, ...(index.projects === 'keys' ? [] : index.projects)];
    const missing = readAttributes(request).find(name => !projected.includes(name));
    if (missing !== undefined) return `${index.name} does not project ${missing}`;
    if (request.Select === 'ALL_ATTRIBUTES') return `${index.name} does not project all attributes`;
  }
  return brokenStart(request, keys);
}

function brokenStart(request: Read, keys: readonly string[]): string | undefined {
  const { ExclusiveStartKey: start, KeyConditionExpression: condition } = request;
  if (start === undefined) return undefined;
  const [given, wanted] = [Object.keys(start), [...new Set(keys)]].map(names => names.sort().join(', '));
  if (given !== wanted) return `ExclusiveStartKey has ${given}, and must have ${wanted}`;
  const outside =
    condition === undefined ? undefined : conditionsOf(request, condition).find(isBrokenBy(start));
  return outside === undefined ? undefined : `ExclusiveStartKey is not one that ${outside.text} holds for`;
}

/**
 * The logical table of a physical name: `test-streams` in tests, or `UGC-test-StreamsTable-1A2B` in a stack.
 */
function tableOf(physicalName: string): TableName | undefined {
  return tableNames.find(
    table =>
      physicalName.endsWith(`-${table}`) ||
      physicalName.includes(`-${table.charAt(0).toUpperCase()}${table.slice(1)}Table-`),
  );
}

const attributesOf = ({ hash, range }: KeySpec) => (range === undefined ? [hash] : [hash, range]);

const nameIn = ({ ExpressionAttributeNames: names = {} }: Read, token: string) => names[token] ?? token;

const words = new Set(['AND', 'OR', 'NOT', 'BETWEEN', 'IN']);
const functions = [
  'attribute_exists',
  'attribute_not_exists',
  'attribute_type',
  'begins_with',
  'contains',
  'size',
];

/** The attributes that a request reads of each row: those that it returns and those that it filters by. */
function readAttributes(request: Read): string[] {
  const text = [request.ProjectionExpression, request.FilterExpression].join(' ');
  // Leaves out values (`:name`), and takes the first part of a path (`a.b[0]`).
  const tokens = text.match(/(?<![:#.\w])#?[A-Za-z_]\w*/g) ?? [];
  return tokens
    .filter(token => !words.has(token.toUpperCase()) && !functions.includes(token))
    .map(token => nameIn(request, token));
}

type KeyValue = z.infer<typeof keyValue>;

interface KeyCondition {
  readonly text: string;
  readonly attribute: string;
  readonly holds: (value: KeyValue) => boolean;
}

const isBrokenBy =
  (start: Readonly<Record<string, KeyValue>>) =>
  ({ attribute, holds }: KeyCondition): boolean => {
    const value = start[attribute];
    return value === undefined || !holds(value);
  };

const between = /(#?\w+)\s+BETWEEN\s+(:\w+)\s+AND\s+(:\w+)/gi;
const beginsWith = /begins_with\s*\(\s*(#?\w+)\s*,\s*(:\w+)\s*\)/g;
const comparison = /(#?\w+)\s*(<=|>=|=|<|>)\s*(:\w+)/g;

function conditionsOf(request: Read, expression: string): KeyCondition[] {
  const value = (token = '') => keyValue.parse(request.ExpressionAttributeValues?.[token]);
  const condition = (
    text: string,
    token: string | undefined,
    holds: KeyCondition['holds'],
  ): KeyCondition => ({
    text,
    attribute: nameIn(request, token ?? ''),
    holds,
  });
  return [
    ...[...expression.matchAll(between)].map(([text, name, from, to]) =>
      condition(text, name, given => compare(given, value(from)) >= 0 && compare(given, value(to)) <= 0),
    ),
    ...[...expression.matchAll(beginsWith)].map(([text, name, prefix]) =>
      condition(text, name, given => String(given).startsWith(String(value(prefix)))),
    ),
    ...[...expression.matchAll(comparison)].map(([text, name, operator, other]) =>
      condition(text, name, given => {
        const order = compare(given, value(other));
        return operator?.includes('=') && order === 0
          ? true
          : operator?.includes(order < 0 ? '<' : '>') === true && order !== 0;
      }),
    ),
  ];
}

/** Numbers by value, strings by their UTF-8 bytes, as DynamoDB orders them. */
function compare(a: KeyValue, b: KeyValue): number {
  if (typeof a === 'number' && typeof b === 'number') return a - b;
  return Buffer.compare(Buffer.from(String(a)), Buffer.from(String(b)));
}

/** The error that DynamoDB returns for such a request. */
class BrokenRuleError extends Error {
  override readonly name = 'ValidationException';
}

const reads = new Set<unknown>(['QueryCommand', 'ScanCommand']);

/** The engine expects a signature and does not check it. Computing one takes a sixth of the CPU time of a request. */
export const signature = {
  'x-amz-date': '20260115T100000Z',
  authorization:
    'AWS4-HMAC-SHA256 Credential=local/20260115/us-west-2/dynamodb/aws4_request, SignedHeaders=host, Signature=0',
};

/** Makes every document client check these rules, also those of the code under test. Returns a function that ends this. */
export function keepDynamoRules(): () => void {
  const make = DynamoDBDocumentClient.from;
  DynamoDBDocumentClient.from = (client, configuration) => {
    client.config.signer = async () => ({
      sign: async request => Object.assign(request, { headers: { ...request.headers, ...signature } }),
    });
    const made = make.call(DynamoDBDocumentClient, client, configuration);
    // A copy of every request and answer for a log, and a header: nobody reads them.
    for (const name of ['loggerMiddleware', 'getUserAgentMiddleware']) made.middlewareStack.remove(name);
    made.middlewareStack.add(
      (next, context) => async args => {
        const broken = reads.has(context['commandName']) ? brokenRule(args.input) : undefined;
        if (broken !== undefined) throw new BrokenRuleError(broken);
        return next(args);
      },
      { step: 'initialize', name: 'dynamoRules', priority: 'low' },
    );
    return made;
  };
  return () => {
    DynamoDBDocumentClient.from = make;
  };
}
