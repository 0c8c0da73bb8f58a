import { z } from 'zod';
import { type AllowedOrigins, allowedOrigins } from './origins.ts';
import { ConfigError, shown } from './source.ts';

/** What the environment says of a deployment, beside the settings of its stage. */
export interface Overrides {
  /** In place of the stage's. */
  readonly allowedOrigins?: AllowedOrigins;
  /** Who is told of alarms. */
  readonly alarmsEmail?: string;
  /** Whether CloudFormation refuses to delete the stack. */
  readonly terminationProtection?: boolean;
}

const email = z.email();

/**
 * Reads `ALLOWED_ORIGINS` (`*`, or origins with commas between), `ALARMS_EMAIL` and `TERM_PROTECTION` (true or false).
 * One that is empty is as one that is not there.
 * @throws ConfigError naming every bad value and what it may be.
 */
export function readOverrides(environment: Readonly<Record<string, string | undefined>>): Overrides {
  const complaints: string[] = [];
  const read = <T>(name: string, parse: (text: string) => { data?: T | undefined }, must: string) => {
    const text = environment[name];
    if (!text) return undefined;
    const { data } = parse(text);
    if (data === undefined) complaints.push(`${name}: must be ${must}, and is ${shown(text)}`);
    return data;
  };
  const origins = read(
    'ALLOWED_ORIGINS',
    text => allowedOrigins.safeParse(text === '*' ? text : text.split(',').map(origin => origin.trim())),
    '"*" or origins as "https://example.com,https://www.example.com"',
  );
  const alarmsEmail = read('ALARMS_EMAIL', text => email.safeParse(text), 'an e-mail address');
  const protection = read(
    'TERM_PROTECTION',
    text => z.enum(['true', 'false']).safeParse(text),
    'true or false',
  );
  if (complaints.length > 0) throw new ConfigError(complaints.join('; '));
  return {
    ...(origins === undefined ? {} : { allowedOrigins: origins }),
    ...(alarmsEmail === undefined ? {} : { alarmsEmail }),
    ...(protection === undefined ? {} : { terminationProtection: protection === 'true' }),
  };
}
