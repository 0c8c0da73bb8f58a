import { fork } from 'node:child_process';
import { join } from 'node:path';
import { z } from 'zod';
import type { DeployedFunction } from './functions.ts';
import { deployed } from './resolve.ts';

/** A function of the template that runs from its bundle, with only its own environment variables. */
export interface LambdaProcess {
  /** Invokes the handler with an event. @throws Error with the handler's stack when it fails */
  invoke(event: unknown): Promise<unknown>;
  /** Its log so far. */
  log(): string;
  stop(): Promise<void>;
}

const answer = z.union([
  z.object({ id: z.number(), error: z.string() }),
  z.object({ id: z.number(), result: z.unknown() }),
]);

/** Starts `fn` from the folder of its built code, with `endpoint` instead of AWS. */
export function startLambda(fn: DeployedFunction, folder: string, endpoint: string): LambdaProcess {
  const host = join(process.cwd(), 'test/infra/support/lambdaHost.mjs');
  const child = fork(host, [join(folder, 'index.mjs'), String(fn.Timeout)], {
    execArgv: [],
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    env: { ...fn.Environment.Variables, ...runtimeEnvironment(fn), AWS_ENDPOINT_URL: endpoint },
  });
  let written = '';
  child.stdout?.on('data', chunk => {
    written += String(chunk);
  });
  child.stderr?.on('data', chunk => {
    written += String(chunk);
  });
  const ended = new Promise<void>(resolve => child.once('exit', () => resolve()));
  let invocations = 0;

  const invoke = (event: unknown): Promise<unknown> => {
    const id = ++invocations;
    return new Promise((resolve, reject) => {
      const settle = (action: () => void) => {
        clearTimeout(timer);
        child.off('message', read);
        action();
      };
      const fail = (why: string) =>
        settle(() => reject(new Error(`${fn.service} ${why}\nIts log:\n${written}`)));
      const read = (message: unknown) => {
        const said = answer.parse(message);
        if (said.id !== id) return;
        if ('error' in said) fail(`failed: ${said.error}`);
        else settle(() => resolve(said.result));
      };
      const timer = setTimeout(() => fail(`gave no answer in ${fn.Timeout} s`), fn.Timeout * 1000);
      child.on('message', read);
      void ended.then(() => fail('ended'));
      child.send({ id, event });
    });
  };

  return {
    invoke,
    log: () => written,
    stop: () => {
      child.kill('SIGKILL');
      return ended;
    },
  };
}

/** The environment variables that the Lambda runtime adds, as far as the code can see them. */
function runtimeEnvironment({ logicalId, LoggingConfig }: DeployedFunction): Record<string, string> {
  return {
    AWS_REGION: deployed.region,
    AWS_ACCESS_KEY_ID: 'local',
    AWS_SECRET_ACCESS_KEY: 'local',
    AWS_SESSION_TOKEN: 'local',
    AWS_LAMBDA_FUNCTION_NAME: logicalId,
    AWS_LAMBDA_FUNCTION_MEMORY_SIZE: '512',
    AWS_LAMBDA_LOG_FORMAT: LoggingConfig.LogFormat,
    AWS_LAMBDA_LOG_LEVEL: LoggingConfig.ApplicationLogLevel,
    // The SDK warns about Node 20, on which the tests may run, but not about Lambda's Node 24.
    AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true',
  };
}
