import { inspect } from 'node:util';
import { ScanCommand } from '@aws-sdk/lib-dynamodb';
import { type OperationId, type RouteSpec, routes } from '../../model/routes.ts';
import { tableNames } from '../../model/tables.ts';
import type { Database } from '../../store/database.ts';
import type { LogLine } from '../api/logs.ts';
import type { GivenAnswer } from '../api/openApi.ts';

/** Members of requests, answers and rows whose values are secret. */
const secretMembers = new Set([
  'password',
  'currentPassword',
  'accessToken',
  'refreshToken',
  'deviceToken',
  // Members of a chat room or a stage.
  'token',
  'streamKey',
  'passwordHash',
  'tokenHash',
  'codeHash',
]);

// Tests send short invalid values, which other texts contain by chance.
const SHORTEST = 16;

/** The operations whose answers contain secrets, and which secrets. */
const told: Partial<Record<OperationId, readonly string[]>> = {
  createUser: ['accessToken', 'refreshToken', 'deviceToken'],
  createSession: ['accessToken', 'refreshToken', 'deviceToken'],
  refreshSession: ['accessToken', 'refreshToken', 'deviceToken'],
  resetPassword: ['accessToken', 'refreshToken', 'deviceToken'],
  getIngest: ['streamKey'],
  replaceStreamKey: ['streamKey'],
  createChatToken: ['token'],
  createStageToken: ['token'],
};

const tellers = (Object.keys(told) as OperationId[]).map(id => {
  const { method, path }: RouteSpec = routes[id];
  return { id, operation: new RegExp(`^${method} ${path.replaceAll(/\{\w+\}/g, '[^/]+')}$`, 'i') };
});

/** The secrets that an answer to `operation` (for example `POST /v1/users`) may contain. */
function toldBy(operation: string): readonly string[] {
  return tellers.flatMap(teller => (teller.operation.test(operation) ? (told[teller.id] ?? []) : []));
}

/** The secrets in the cookies that an answer sets, with the names of the members that they replace. */
function secretsInCookies(headers: Headers): [member: string, secret: string][] {
  return headers.getSetCookie().flatMap((cookie): [string, string][] => {
    const [, name, secret = ''] = /^__(?:Host|Secure)-(\w+)=([^;]*)/.exec(cookie) ?? [];
    return secret.length >= SHORTEST ? [[`${name}Token`, secret]] : [];
  });
}

/** Every secret in `value`, at any depth, with the name of its member. */
function secretsIn(value: unknown, member = ''): [member: string, secret: string][] {
  if (typeof value === 'string')
    return secretMembers.has(member) && value.length >= SHORTEST ? [[member, value]] : [];
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, inner]) =>
    secretsIn(inner, Array.isArray(value) ? member : name),
  );
}

/**
 * Every place in answers, log lines and rows where a secret is that does not belong there, one line each.
 * Secrets are the values of the secret members in requests, answers and rows.
 */
export async function leaks({
  answers,
  logs,
  requests,
  database,
}: {
  readonly answers: readonly GivenAnswer[];
  readonly logs: readonly LogLine[];
  readonly requests: readonly unknown[];
  readonly database: Database;
}): Promise<string[]> {
  const rows = await allRows(database);
  // Equal answers to the same operation are checked once, because some are long and frequent.
  const different = new Map(
    answers.map(answer => [
      `${answer.method} ${answer.path.split('?')[0]} ${answer.status} ${answer.text}`,
      answer,
    ]),
  );
  const answered = [...different.values()].map(answer => ({ ...answer, json: parseJson(answer.text) }));
  const secrets = new Map<string, string>();
  // The examples in the OpenAPI document are made up.
  const real = answered.filter(({ path }) => path.split('?')[0] !== routes.getOpenApi.path);
  for (const source of [requests, real.map(({ json }) => json), rows])
    for (const [member, secret] of secretsIn(source)) secrets.set(secret, member);
  for (const { headers } of answers)
    for (const [member, secret] of secretsInCookies(headers)) secrets.set(secret, member);
  if (secrets.size === 0) throw new Error('there are no secrets to look for');

  const found: string[] = [];
  const look = (place: string, text: string, allowed: readonly string[] = []) => {
    for (const [secret, member] of secrets)
      if (text.includes(secret) && !allowed.includes(member)) found.push(`${place} has a ${member}`);
  };
  for (const { method, path, status, text } of answered) {
    const operation = `${method} ${path.split('?')[0]}`;
    look(`the ${status} of ${operation}`, text, status < 300 ? toldBy(operation) : []);
  }
  for (const { method, path, headers, status } of answers) {
    const operation = `${method} ${path.split('?')[0]}`;
    const [cookies, others] = [
      headers.getSetCookie(),
      [...headers].filter(([name]) => name !== 'set-cookie'),
    ];
    look(`a header of ${operation}`, JSON.stringify(others));
    const given = status < 300 ? toldBy(operation).filter(member => member !== 'accessToken') : [];
    look(`a cookie of ${operation}`, JSON.stringify(cookies), given);
  }
  // Errors are logged with all their members.
  look('the log', inspect(logs, { depth: 20, maxStringLength: null, maxArrayLength: null }));
  const { channels, users, sessions, stageTokens, emailCodes, ...others } = rows;
  look('the table channels', JSON.stringify(channels), ['streamKey']);
  look('the table users', JSON.stringify(users), ['passwordHash', 'streamKey']);
  look('the table sessions', JSON.stringify(sessions), ['tokenHash']);
  look('the table emailCodes', JSON.stringify(emailCodes), ['codeHash']);
  look('the table stageTokens', JSON.stringify(stageTokens), ['token']);
  for (const [table, kept] of Object.entries(others)) look(`the table ${table}`, JSON.stringify(kept));
  return [...new Set(found)];
}

async function allRows({ client, names }: Database): Promise<Record<string, unknown[]>> {
  const tables = tableNames.map(async table => {
    const { Items = [] } = await client.send(new ScanCommand({ TableName: names[table] }));
    return [table, Items] as const;
  });
  return Object.fromEntries(await Promise.all(tables));
}

/** `text` parsed as JSON, or `text` itself if it is not JSON. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
