import { once } from 'node:events';
import { containerSeconds } from '../../../model/container.ts';
import { apiDependenciesFrom, createApi } from '../api.ts';
import { lambdaLogger as logger } from '../http/lambda.ts';
import { apiServer } from './apiServer.ts';
import { gracefulShutdown } from './gracefulShutdown.ts';
import { readSettings } from './settings.ts';

/**
 * The container's only process: the whole HTTP API, from the environment variables that the functions get, until a
 * signal ends it.
 *
 * ECS takes a task out of its load balancer, and lets what that sent be answered, before it sends SIGTERM. What still
 * arrives then came another way, and is refused: there is nobody to tell that health is failing.
 * https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-lifecycle-explanation.html
 */
async function main(): Promise<number> {
  const signal = firstSignal();
  const { port, host, behindLoadBalancer } = readSettings(process.env);
  const server = apiServer(createApi(apiDependenciesFrom(process.env, logger)), behindLoadBalancer);
  const shutDown = gracefulShutdown(server, containerSeconds.grace * 1_000);
  server.listen(port, host);
  await once(server, 'listening');
  logger.info('listening', { address: server.address() });

  logger.info('ending', { signal: await signal });
  const cutOff = await shutDown();
  if (cutOff === 0) return 0;
  logger.error('requests were cut off', { cutOff });
  return 1;
}

/** Resolves at the first of the signals that ask a process to end. At the second one it ends at once. */
function firstSignal(): Promise<string> {
  return new Promise(resolve => {
    let asked = false;
    for (const signal of ['SIGTERM', 'SIGINT'] as const) {
      process.on(signal, () => {
        if (asked) process.exit(1);
        asked = true;
        resolve(signal);
      });
    }
  });
}

main().then(
  code => process.exit(code),
  error => {
    logger.error('could not run', { error });
    process.exit(1);
  },
);
