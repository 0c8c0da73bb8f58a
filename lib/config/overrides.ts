import { z } from 'zod';
import { mailFrom } from './mailFrom.ts';
import { type AllowedOrigins, allowedOrigins } from './origins.ts';
import { ConfigError, shown } from './source.ts';

/** The environment variables that override settings of the stage. */
export interface Overrides {
  /** Replaces the stage's setting. */
  readonly allowedOrigins?: AllowedOrigins;
  /** Replaces the stage's setting. */
  readonly mailFrom?: string;
  /** The email address that receives alarms. */
  readonly alarmsEmail?: string;
  /** The version of the secret that CloudFront sends to the API. */
  readonly originSecretVersion?: string;
  /** Whether CloudFormation refuses to delete the stack. */
  readonly terminationProtection?: boolean;
}

const email = z.email();
// https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_PutSecretValue.html
const versionId = z.string().regex(/^[\w-]{32,64}$/);

/**
 * Reads `ALLOWED_ORIGINS` (`*`, or a comma-separated list of origins), `MAIL_FROM`, `ALARMS_EMAIL`, `ORIGIN_SECRET_VERSION` and
 * `TERM_PROTECTION` (true or false). An empty variable counts as not set.
 * @throws ConfigError that names every bad value and the allowed values.
 */
export function readOverrides(environment: Readonly<Record<string, string | undefined>>): Overrides {
  const complaints: string[] = [];
  const read = <T>(name: string, parse: (text: string) => { data?: T | undefined }, must: string) => {
    const text = environment[name];
    if (!text) return undefined;
    const { data } = parse(text);
    if (data === undefined) complaints.push(`${name}: must be ${must} (got ${shown(text)})`);
    return data;
  };
  const origins = read(
    'ALLOWED_ORIGINS',
    text => allowedOrigins.safeParse(text === '*' ? text : text.split(',').map(origin => origin.trim())),
    '"*" or a comma-separated list of origins such as "https://example.com,https://www.example.com"',
  );
  const alarmsEmail = read('ALARMS_EMAIL', text => email.safeParse(text), 'an e-mail address');
  const sender = read(
    'MAIL_FROM',
    text => mailFrom.safeParse(text),
    'an address, or a name and an address such as "Live <live@example.com>"',
  );
  const originSecretVersion = read(
    'ORIGIN_SECRET_VERSION',
    text => versionId.safeParse(text),
    'the VersionId that aws secretsmanager put-secret-value prints',
  );
  const protection = read(
    'TERM_PROTECTION',
    text => z.enum(['true', 'false']).safeParse(text),
    'true or false',
  );
  if (complaints.length > 0) throw new ConfigError(complaints.join('; '));
  return {
    ...(origins === undefined ? {} : { allowedOrigins: origins }),
    ...(sender === undefined ? {} : { mailFrom: sender }),
    ...(alarmsEmail === undefined ? {} : { alarmsEmail }),
    ...(originSecretVersion === undefined ? {} : { originSecretVersion }),
    ...(protection === undefined ? {} : { terminationProtection: protection === 'true' }),
  };
}
