import { once } from 'node:events';
import { containerSeconds } from '../../../model/container.ts';
import { apiDependenciesFrom, createApi } from '../api.ts';
import { lambdaLogger as logger } from '../http/lambda.ts';
import { apiServer } from './apiServer.ts';
import { gracefulShutdown } from './gracefulShutdown.ts';
import { readSettings } from './settings.ts';

/**
 * Runs the whole HTTP API in the container, with the environment variables that the functions get, until a
 * signal ends it.
 *
 * ECS removes a task from its load balancer and waits for its open requests before it sends SIGTERM. Later
 * requests did not come through the load balancer and are refused, so the health check does not need to fail
 * first.
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
  logger.error('requests were aborted at shutdown', { cutOff });
  return 1;
}

/** Resolves at the first termination signal. A second signal ends the process at once. */
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
    logger.error('the server could not start', { error });
    process.exit(1);
  },
);
