import { createServer } from 'node:http';
import { CloudWatchLogsClient } from '@aws-sdk/client-cloudwatch-logs';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { LOOPBACK } from '../../local/dynamo/engine.ts';
import { functionSpecs } from '../../model/functions.ts';
import { checkFunctionName, logGroupOf } from '../../operations/logGroup.ts';
import { parseSpan, writeLogLines } from '../../operations/logLines.ts';
import { localCredentials } from '../support/database.ts';

describe('SINCE', () => {
  test.each([
    ['90s', 90_000],
    ['10m', 600_000],
    ['2h', 7_200_000],
    ['1d', 86_400_000],
  ])('%s is %d ms', (text, ms) => {
    expect(parseSpan(text)).toBe(ms);
  });

  test.each(['', '10', 'm', '0m', '-1m', '1.5h', '10 m', '1w', '10mm'])('%j is refused', text => {
    expect(() => parseSpan(text)).toThrow('SINCE must be a time span such as 90s, 10m, 2h or 1d');
  });
});

test('an unknown function is refused with the names of all functions', () => {
  for (const name of Object.keys(functionSpecs)) expect(checkFunctionName(name)).toBe(name);
  expect(() => checkFunctionName('toString')).toThrow(
    /FN must be one of .*users, .*postStreamEvents.* \(got "toString"\)/,
  );
});

test('a function without a log group in the template is not found', () => {
  const Properties = { Environment: { Variables: { POWERTOOLS_SERVICE_NAME: 'users' } } };
  const template = { Resources: { F: { Type: 'AWS::Lambda::Function', Properties } } };
  expect(logGroupOf(template, 'users')).toBeUndefined();
});

interface LogEvent {
  readonly eventId: string;
  readonly timestamp: number;
  readonly message: string;
}

describe('the lines of a log group', () => {
  /** The events in CloudWatch, in pages of two, and the requests for them. */
  let events: LogEvent[] = [];
  let asked: { logGroupName: string; filterPattern?: string; startTime: number; nextToken?: string }[] = [];
  let onAsked = () => {};
  let client: CloudWatchLogsClient;
  const server = createServer((request, response) => {
    let body = '';
    request.on('data', chunk => {
      body += String(chunk);
    });
    request.on('end', () => {
      const input = JSON.parse(body);
      asked.push(input);
      onAsked();
      const from = Number(input.nextToken ?? 0);
      const found = events.filter(({ timestamp }) => timestamp >= input.startTime);
      const nextToken = from + 2 < found.length ? String(from + 2) : undefined;
      response.writeHead(200, { 'content-type': 'application/x-amz-json-1.1' });
      response.end(JSON.stringify({ events: found.slice(from, from + 2), nextToken }));
    });
  });
  beforeAll(async () => {
    await new Promise<void>(resolve => server.listen(0, LOOPBACK, resolve));
    const address = server.address();
    if (typeof address !== 'object' || address === null) throw new Error('the server has no port');
    client = new CloudWatchLogsClient({
      ...localCredentials,
      endpoint: `http://${LOOPBACK}:${address.port}`,
    });
  });
  afterAll(async () => {
    client.destroy();
    server.closeAllConnections();
    await new Promise(resolve => server.close(resolve));
  });
  beforeEach(() => {
    events = [];
    asked = [];
    onAsked = () => {};
  });

  const at = (minute: number, message = `line ${minute}`): LogEvent => {
    const timestamp = Date.UTC(2026, 0, 15, 10, minute);
    return { eventId: `id-${minute}-${message}`, timestamp, message: `${message}\n` };
  };
  const query = { logGroupName: 'users-logs', filterPattern: 'ERROR', from: at(0).timestamp };
  const never = new AbortController().signal;

  test('are written page by page to the end, with their times', async () => {
    events = [at(0), at(1), at(2), at(3), at(4)];
    const lines: string[] = [];
    const count = await writeLogLines(client, query, line => lines.push(line), {
      follow: false,
      signal: never,
    });
    expect(lines).toEqual([0, 1, 2, 3, 4].map(n => `2026-01-15T10:0${n}:00.000Z line ${n}`));
    expect([count, asked.length]).toEqual([5, 3]);
    expect(asked[0]).toMatchObject({
      logGroupName: 'users-logs',
      filterPattern: 'ERROR',
      startTime: query.from,
    });
  });

  test('are written once each while they are followed, also those that arrive late', async () => {
    events = [at(0)];
    const stop = new AbortController();
    onAsked = () => {
      if (asked.length === 2) events = [at(0), at(5)];
      // CloudWatch shows this line only now, though it has an earlier time.
      if (asked.length === 3)
        events = [at(0), { ...at(5, 'late'), timestamp: at(5).timestamp - 20_000 }, at(5)];
      if (asked.length === 5) stop.abort();
    };
    const lines: string[] = [];
    const options = { follow: true, signal: stop.signal, pollMs: 1 };
    await writeLogLines(client, query, line => lines.push(line), options);
    expect(lines.map(line => line.slice(25))).toEqual(['line 0', 'line 5', 'late']);
    expect(asked.at(-1)?.startTime).toBe(at(5).timestamp - 30_000);
  });
});
