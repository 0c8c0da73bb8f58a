import { z } from 'zod';
import { ConfigError, type DeploymentSource, shown } from './source.ts';

/** The settings of a deployment that only the container needs, in addition to those of its stage. */
export interface Fargate {
  readonly kind: 'fargate';
  /** The ARN of the load balancer's certificate. */
  readonly certificateArn: string;
  /**
   * The host name of the API. The certificate contains it, and its DNS record points to the load balancer.
   */
  readonly domain: string;
}

/** The service that runs the HTTP API. Event and schedule handlers always run on Lambda. */
export type Compute = { readonly kind: 'lambda' } | Fargate;

const certificate = z.string().regex(/^arn:aws[a-z-]*:acm:[a-z0-9-]+:\d{12}:certificate\/[\w-]+$/);
const domain = z
  .string()
  .max(253)
  .regex(/^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}$/);

/**
 * Reads which service runs the HTTP API: the context value `compute`, otherwise `COMPUTE`, otherwise lambda.
 * `fargate` also requires a certificate (`CERTIFICATE_ARN`) and a host name (`API_DOMAIN`): access tokens
 * must be sent over TLS, and a load balancer has no certificate of its own.
 * @throws ConfigError that names the first bad value and the allowed values.
 */
export function readCompute({ context, environment }: DeploymentSource, region?: string): Compute {
  const kind = context('compute') || environment['COMPUTE'] || 'lambda';
  if (kind === 'lambda') return { kind };
  if (kind !== 'fargate') throw new ConfigError(`compute: must be lambda or fargate (got ${shown(kind)})`);
  const [certificateArn, name] = [environment['CERTIFICATE_ARN'], environment['API_DOMAIN']];
  const found = certificate.safeParse(certificateArn);
  if (!found.success)
    throw new ConfigError(
      'CERTIFICATE_ARN: with COMPUTE=fargate, must be the ARN of an ACM certificate for the load balancer ' +
        `(got ${shown(certificateArn)})`,
    );
  // A load balancer can only use an ACM certificate of its own Region.
  const [, , , ofRegion] = found.data.split(':');
  if (region !== undefined && ofRegion !== region)
    throw new ConfigError(
      `CERTIFICATE_ARN: must be a certificate in ${region}, the Region of the deployment ` +
        `(got one in ${ofRegion})`,
    );
  const host = domain.safeParse(name);
  if (!host.success)
    throw new ConfigError(
      'API_DOMAIN: with COMPUTE=fargate, must be a domain name of the certificate, such as ' +
        `"api.example.com" (got ${shown(name)})`,
    );
  return { kind, certificateArn: found.data, domain: host.data };
}
