import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import {
  type Assembly,
  DEV_STACK,
  devAssembly,
  MAIL_FROM,
  REGION,
  readAssembly,
} from './support/assembly.ts';
import { readCdkJson } from './support/cdkJson.ts';
import { functionsOf } from './support/functions.ts';
import { type Outcome, run } from './support/run.ts';

const TIMEOUT_MS = 150_000;

const folder = mkdtempSync(join(tmpdir(), 'ugc-cli-'));
const env = { HOME: folder, AWS_REGION: REGION, MAIL_FROM };
const cdkOut = join(folder, 'cdk.out');
let cli: Outcome;
let first: Assembly;
beforeAll(async () => {
  const args = ['cdk', 'synth', '--quiet', '--output', cdkOut];
  // The CLI runs in its own process, while this one synthesizes too.
  const running = run('npx', args, { timeoutMs: TIMEOUT_MS, env });
  first = devAssembly();
  cli = await running;
}, 2 * TIMEOUT_MS);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('npx cdk synth, with no credentials', () => {
  test('passes the template validation', () => {
    const { code, stderr } = cli;
    expect({ code, stderr: code === 0 ? '' : stderr }).toEqual({ code: 0, stderr: '' });
    expect(readdirSync(cdkOut)).toEqual(
      expect.arrayContaining([`${DEV_STACK}.template.json`, 'validation-report.json']),
    );
  });

  test(
    'fails on a template that breaks a rule, and on an unaccepted finding',
    async () => {
      const outdir = join(folder, 'invalid.out');
      const app = `${process.execPath} --import tsx test/infra/fixtures/invalidApp.ts`;
      const { code, stdout, stderr } = await run(
        process.execPath,
        ['node_modules/aws-cdk/bin/cdk', 'synth', '--quiet', '--output', outdir, '--app', app],
        { timeoutMs: TIMEOUT_MS, env },
      );
      expect(code).not.toBe(0);
      expect(stdout + stderr).toContain('MessageRetentionPeriod');
      expect(stdout + stderr).toContain('AwsSolutions-SQS3');
      expect(stdout + stderr).toContain('AwsSolutions-SQS4');
    },
    TIMEOUT_MS,
  );

  test('prints one line about an invalid config, and writes nothing', async () => {
    const outdir = join(folder, 'refused.out');
    const { code, stderr } = await run(process.execPath, ['--import', 'tsx', 'bin/app.ts'], {
      timeoutMs: TIMEOUT_MS,
      env: {
        CDK_CONTEXT_JSON: JSON.stringify(readCdkJson().context),
        CDK_OUTDIR: outdir,
        STAGE: 'qa',
      },
    });
    expect(stderr).toBe('stage: must be one of dev, prod (got "qa")\n');
    expect(code).toBe(1);
    expect(existsSync(outdir) ? readdirSync(outdir) : []).toEqual([]);
  });
});

/** Returns the texts of the files in a folder, by their names. */
const filesIn = (folder: string) =>
  new Map(readdirSync(folder).map(name => [name, readFileSync(join(folder, name), 'utf8')]));

describe('the synthesized stack', () => {
  test('is the same when another process synthesizes it, and so is its code', () => {
    const { template, assetFolder } = readAssembly(cdkOut, DEV_STACK);
    expect(template).toEqual(first.template);
    // CDK names the files by hashes of their contents, so this compares the contents as well.
    for (const { service, Code } of functionsOf(template)) {
      const hash = Code.S3Key.replace(/\.zip$/, '');
      const [one, other] = [assetFolder(hash), first.assetFolder(hash)].map(filesIn);
      expect({ service, isSame: isDeepStrictEqual(one, other) }).toEqual({ service, isSame: true });
    }
  });

  test('has the code of each function in a folder of its own, with the files that it loads later', () => {
    const functions = functionsOf(first.template);
    const hashes = new Set(functions.map(({ Code }) => Code.S3Key.replace(/\.zip$/, '')));
    expect(hashes.size).toBe(functions.length);
    for (const hash of hashes) {
      const files = filesIn(first.assetFolder(hash));
      const loaded = [...files.values()].flatMap(code =>
        [...code.matchAll(/"\.\/([^"]+\.mjs)"/g)].map(([, name]) => name),
      );
      expect([...files.keys()]).toEqual(expect.arrayContaining(['index.mjs', ...loaded]));
    }
  });

  test('has no access key and no path of this machine in its code', () => {
    for (const { Code } of functionsOf(first.template)) {
      const code = [...filesIn(first.assetFolder(Code.S3Key.replace(/\.zip$/, ''))).values()].join('\n');
      expect(code.includes(process.cwd())).toBe(false);
      expect(code).not.toMatch(/\b(AKIA|ASIA)[0-9A-Z]{16}\b/);
    }
  });

  test('gives no resource a fixed name, so that two stages can share an account', () => {
    const naming = Object.entries(first.template.Resources).flatMap(([id, { Type, Properties }]) =>
      Object.keys(Properties)
        .filter(key => /^(Name|\w*(Table|Function|Queue|Role|Rule|LogGroup|Secret)Name)$/.test(key))
        .map(key => `${Type} ${id} ${key}`),
    );
    // The API has the stack's name, since APIs are identified by id. CloudFront requires a name of its functions, which
    // contains the stack and the Region. The others are references.
    const references =
      /^AWS::(CloudFront::Function \w+ Name|Lambda::(Permission|EventInvokeConfig|EventSourceMapping) \w+ FunctionName|Logs::(SubscriptionFilter|MetricFilter) \w+ LogGroupName)$/;
    expect(naming.filter(text => !references.test(text))).toEqual([
      expect.stringMatching(/^AWS::ApiGatewayV2::Api \w+ Name$/),
    ]);
  });

  test('has no secret', () => {
    const { Resources } = first.template;
    const secrets = Object.values(Resources).filter(({ Type }) => Type === 'AWS::SecretsManager::Secret');
    expect(secrets.length).toBeGreaterThan(0);
    for (const { Properties } of secrets) {
      expect(Properties).not.toHaveProperty('SecretString');
      expect(Properties).toMatchObject({ GenerateSecretString: { PasswordLength: 64 } });
    }
    // CloudFormation resolves the reference when it changes the distribution. Nothing else of the template has one.
    const referring = Object.values(Resources).filter(found =>
      JSON.stringify(found).includes('resolve:secretsmanager'),
    );
    expect(referring.map(({ Type }) => Type)).toEqual(['AWS::CloudFront::Distribution']);
    expect(JSON.stringify(first.template.Outputs)).not.toContain('resolve:');
  });
});
