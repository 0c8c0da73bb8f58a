import { BEHIND_LOAD_BALANCER_VARIABLE, CONTAINER_PORT } from '../../../model/container.ts';

export interface ContainerSettings {
  /** 0 takes any that is free. */
  readonly port: number;
  readonly host: string;
  /** Whether nothing but the load balancer can reach the container, so that what it says of a caller is true. */
  readonly behindLoadBalancer: boolean;
}

/**
 * Where to listen, from `PORT` (8080), `HOST` (every address of the container) and `BEHIND_LOAD_BALANCER` (false).
 * @throws Error that names the first variable that is not valid.
 */
export function readSettings(environment: Readonly<Record<string, string | undefined>>): ContainerSettings {
  const port = environment['PORT'] || String(CONTAINER_PORT);
  if (!/^\d{1,5}$/.test(port) || Number(port) > 65_535)
    throw new Error(`the environment variable PORT is '${port}', not a port from 0 to 65535`);
  const behind = environment[BEHIND_LOAD_BALANCER_VARIABLE] || 'false';
  if (behind !== 'true' && behind !== 'false')
    throw new Error(
      `the environment variable ${BEHIND_LOAD_BALANCER_VARIABLE} is '${behind}', not true or false`,
    );
  return {
    port: Number(port),
    host: environment['HOST'] || '0.0.0.0',
    behindLoadBalancer: behind === 'true',
  };
}
