import { z } from 'zod';
import { ConfigError, type DeploymentSource, shown } from './source.ts';

/** The container's own settings of a deployment, beside those of its stage. */
export interface Fargate {
  readonly kind: 'fargate';
  /** The certificate of the load balancer. */
  readonly certificateArn: string;
  /** The name that callers use: it is in the certificate, and its DNS record points at the load balancer. */
  readonly domain: string;
}

/** What runs the HTTP API. What events and schedules call runs on Lambda either way. */
export type Compute = { readonly kind: 'lambda' } | Fargate;

const certificate = z.string().regex(/^arn:aws[a-z-]*:acm:[a-z0-9-]+:\d{12}:certificate\/[\w-]+$/);
const domain = z
  .string()
  .max(253)
  .regex(/^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}$/);

/**
 * Chooses what runs the HTTP API: context `compute`, else `COMPUTE`, else lambda. `fargate` also wants to know the
 * certificate (`CERTIFICATE_ARN`) and the name (`API_DOMAIN`): an access token must not travel without TLS, and a
 * load balancer has no certificate of its own.
 * @throws ConfigError naming the first bad value and what it may be.
 */
export function readCompute({ context, environment }: DeploymentSource, region?: string): Compute {
  const kind = context('compute') || environment['COMPUTE'] || 'lambda';
  if (kind === 'lambda') return { kind };
  if (kind !== 'fargate') throw new ConfigError(`compute: must be lambda or fargate, and is ${shown(kind)}`);
  const [certificateArn, name] = [environment['CERTIFICATE_ARN'], environment['API_DOMAIN']];
  const found = certificate.safeParse(certificateArn);
  if (!found.success)
    throw new ConfigError(
      'CERTIFICATE_ARN: must be, with COMPUTE=fargate, the ARN of an ACM certificate for the load balancer, ' +
        `and is ${shown(certificateArn)}`,
    );
  // ACM has certificates by Region.
  const [, , , ofRegion] = found.data.split(':');
  if (region !== undefined && ofRegion !== region)
    throw new ConfigError(
      `CERTIFICATE_ARN: must be of the Region that is deployed to, ${region}, and is of ${ofRegion}`,
    );
  const host = domain.safeParse(name);
  if (!host.success)
    throw new ConfigError(
      'API_DOMAIN: must be, with COMPUTE=fargate, the name that the certificate is for, as "api.example.com", ' +
        `and is ${shown(name)}`,
    );
  return { kind, certificateArn: found.data, domain: host.data };
}
