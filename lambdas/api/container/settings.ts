import { BEHIND_LOAD_BALANCER_VARIABLE, CONTAINER_PORT } from '../../../model/container.ts';

export interface ContainerSettings {
  /** 0 chooses a free port. */
  readonly port: number;
  readonly host: string;
  /**
   * Whether only the load balancer can reach the container, so that the address it reports can be trusted.
   */
  readonly behindLoadBalancer: boolean;
}

/**
 * Reads the server's settings from `PORT` (default 8080), `HOST` (default: every address of the container)
 * and `BEHIND_LOAD_BALANCER` (default false).
 * @throws Error that names the first variable that is not valid.
 */
export function readSettings(environment: Readonly<Record<string, string | undefined>>): ContainerSettings {
  const port = environment['PORT'] || String(CONTAINER_PORT);
  if (!/^\d{1,5}$/.test(port) || Number(port) > 65_535)
    throw new Error(`the environment variable PORT must be a port from 0 to 65535 (got '${port}')`);
  const behind = environment[BEHIND_LOAD_BALANCER_VARIABLE] || 'false';
  if (behind !== 'true' && behind !== 'false')
    throw new Error(
      `the environment variable ${BEHIND_LOAD_BALANCER_VARIABLE} must be true or false (got '${behind}')`,
    );
  return {
    port: Number(port),
    host: environment['HOST'] || '0.0.0.0',
    behindLoadBalancer: behind === 'true',
  };
}
