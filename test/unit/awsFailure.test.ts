import { spawnSync } from 'node:child_process';
import { createServer } from 'node:http';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { LOOPBACK } from '../../local/dynamo/engine.ts';
import { runCommand } from '../../operations/command.ts';
import { outputsCommand } from '../../operations/outputsCommand.ts';

/** An AWS endpoint that answers every request with this error. */
let refusal: { status: number; code: string; message: string };
const server = createServer((request, response) => {
  request.resume();
  const { status, code, message } = refusal;
  const error = `<Error><Type>Sender</Type><Code>${code}</Code><Message>${message}</Message></Error>`;
  response
    .writeHead(status, { 'content-type': 'text/xml' })
    .end(`<ErrorResponse>${error}<RequestId>r</RequestId></ErrorResponse>`);
});
let endpoint: string;
const before = { ...process.env };

beforeAll(async () => {
  await new Promise<void>(resolve => server.listen(0, LOOPBACK, resolve));
  const address = server.address();
  if (typeof address !== 'object' || address === null) throw new Error('the server has no port');
  endpoint = `http://${LOOPBACK}:${address.port}`;
});
afterAll(async () => {
  process.env = before;
  server.closeAllConnections();
  await new Promise(resolve => server.close(resolve));
});

async function outputs(variables: Readonly<Record<string, string>> = {}) {
  // The SDK reads this variable too.
  process.env = {
    AWS_REGION: 'us-west-2',
    AWS_ACCESS_KEY_ID: 'key',
    AWS_SECRET_ACCESS_KEY: 'secret',
    AWS_EC2_METADATA_DISABLED: 'true',
    AWS_MAX_ATTEMPTS: '1',
    HOME: '/nonexistent',
    AWS_ENDPOINT_URL: endpoint,
    ...variables,
  };
  const said: string[] = [];
  const code = await runCommand(outputsCommand, {
    environment: process.env,
    out: line => said.push(line),
    err: line => said.push(line),
    signal: new AbortController().signal,
  });
  return { code, said };
}

test.each<[number, string, string, string]>([
  [403, 'ExpiredToken', 'The security token is expired', 'the AWS credentials have expired: sign in again'],
  [403, 'InvalidClientTokenId', 'The token is invalid', 'AWS rejected the credentials: check AWS_PROFILE'],
  [403, 'SignatureDoesNotMatch', 'x', 'AWS rejected the credentials: check AWS_PROFILE'],
  [
    403,
    'AccessDenied',
    'User: a is not authorized\nto do this',
    'AccessDenied: User: a is not authorized to do this',
  ],
  [
    400,
    'ValidationError',
    'Stack with id UGC-dev does not exist',
    'there is no stack UGC-dev in us-west-2: run make',
  ],
  [503, 'ServiceUnavailable', 'x', 'ServiceUnavailable: x'],
])('an answer of %i %s is reported in one line: %s', async (status, code, message, expected) => {
  refusal = { status, code, message };
  const line = expect.stringContaining(expected);
  expect(await outputs()).toEqual({ code: 1, said: [line] });
});

test.each<[Record<string, string>, string]>([
  [{ AWS_REGION: '' }, 'no AWS Region is set: set AWS_REGION, for example AWS_REGION=us-west-2'],
  [{ AWS_ACCESS_KEY_ID: '' }, 'no usable AWS credentials: set AWS_PROFILE'],
  [{ AWS_ACCESS_KEY_ID: '', AWS_PROFILE: 'nobody' }, 'no usable AWS credentials: set AWS_PROFILE'],
])('with %j it is reported in one line: %s', async (variables, expected) => {
  const { code, said } = await outputs(variables);
  expect({ code, said }).toEqual({
    code: 1,
    said: [expect.stringContaining(`error: cannot look up the stack UGC-dev: ${expected}`)],
  });
});

test('a command ends without an error when the program that reads its output stops reading', () => {
  const command = `import { runProcess } from './operations/command.ts';
    void runProcess(async ({ out }) => { for (let n = 0; n < 50_000; n++) out('a line of the output'); return 0; });`;
  const node = `"${process.execPath}" --import tsx --input-type=module -e "$COMMAND"`;
  const env = { ...process.env, COMMAND: command };
  const { stdout, stderr } = spawnSync('sh', ['-c', `${node} | head -n 1`], { env, encoding: 'utf8' });
  expect({ stdout, stderr }).toEqual({ stdout: 'a line of the output\n', stderr: '' });
});
