import { z } from 'zod';
import { ConfigError, shown } from './source.ts';

/** A domain name of one's own for CloudFront. */
export interface WebDomain {
  readonly name: string;
  /** The ARN of the certificate for the name. */
  readonly certificateArn: string;
}

// CloudFront uses certificates of this Region only.
const certificate = z.string().regex(/^arn:aws[a-z-]*:acm:us-east-1:\d{12}:certificate\/[\w-]+$/);
const name = z
  .string()
  .max(253)
  .regex(/^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}$/);

/**
 * Reads `WEB_DOMAIN` and `WEB_CERTIFICATE_ARN`, which belong together. Returns undefined when neither is set: CloudFront
 * then has a name of its own only.
 * @throws ConfigError that names the first bad value and the allowed values.
 */
export function readWebDomain(
  environment: Readonly<Record<string, string | undefined>>,
): WebDomain | undefined {
  const { WEB_DOMAIN: domain, WEB_CERTIFICATE_ARN: arn } = environment;
  if (!domain && !arn) return undefined;
  const found = name.safeParse(domain);
  if (!found.success)
    throw new ConfigError(
      `WEB_DOMAIN: must be a domain name of the certificate, such as "www.example.com" (got ${shown(domain)})`,
    );
  const certificateArn = certificate.safeParse(arn);
  if (!certificateArn.success)
    throw new ConfigError(
      'WEB_CERTIFICATE_ARN: with WEB_DOMAIN, must be the ARN of an ACM certificate in us-east-1, where CloudFront ' +
        `looks for it (got ${shown(arn)})`,
    );
  return { name: found.data, certificateArn: certificateArn.data };
}
