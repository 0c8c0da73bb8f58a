import { ApplicationLogLevel } from 'aws-cdk-lib/aws-lambda';
import { RetentionDays } from 'aws-cdk-lib/aws-logs';
import { z } from 'zod';
import { limitSettings } from '../../model/rateLimit.ts';
import { containerSettings } from './containerSettings.ts';
import { mailFrom } from './mailFrom.ts';
import { allowedOrigins } from './origins.ts';
import { ConfigError, shown } from './source.ts';

const logLevels = [
  ApplicationLogLevel.DEBUG,
  ApplicationLogLevel.INFO,
  ApplicationLogLevel.WARN,
  ApplicationLogLevel.ERROR,
] as const;

/**
 * The retention periods that CloudWatch Logs supports. `INFINITE` is not a period but CDK's number for
 * "never".
 */
const retentionSpans = Object.values(RetentionDays).filter(
  (days): days is RetentionDays => typeof days === 'number' && days !== RetentionDays.INFINITE,
);

const mustBe = (be: string) => ({
  error: ({ input }: { readonly input?: unknown }) => `must be ${be} (got ${shown(input)})`,
});

const fallback = mustBe('ALLOW or DENY');
const recordings = mustBe('the settings reconnectWindowSeconds and thumbnailSeconds');
const reconnectWindow = mustBe('a whole number of seconds from 0 to 300');
const thumbnails = mustBe('a whole number of seconds from 1 to 60');
const retention = mustBe('a whole number of days from 3 to 3650');
const followers = mustBe('a whole number of followers from 1 to 1000000');
const ageDays = mustBe('a whole number of days from 0 to 365');
const days = mustBe('a whole number of days from 1 to 1000');

const recordingSettings = z.strictObject(
  {
    /** A broadcast that reconnects within this time continues its recording. 0 starts a new recording. */
    reconnectWindowSeconds: z.int(reconnectWindow).min(0, reconnectWindow).max(300, reconnectWindow),
    /** The interval between thumbnails. */
    thumbnailSeconds: z.int(thumbnails).min(1, thumbnails).max(60, thumbnails),
    /**
     * How long recordings are shown after the start of their stream. S3 deletes them soon after. Without it, they are
     * kept. A stream lasts at most 48 hours, so a recording in progress is never hidden.
     */
    retentionDays: z.int(retention).min(3, retention).max(3650, retention).optional(),
  },
  recordings,
);
export type RecordingSettings = z.infer<typeof recordingSettings>;

const stageSettings = z.strictObject({
  allowedOrigins,
  /** What happens to a chat message when its review fails or takes longer than the 200 ms that IVS waits. */
  chatReviewFallback: z.enum(['ALLOW', 'DENY'], fallback),
  container: containerSettings,
  /** How many requests one network and the whole stack may make where IVS quotas are shared. */
  limits: limitSettings,
  /** Log records below this level are not written. */
  logLevel: z.enum(logLevels, mustBe(`one of ${logLevels.join(', ')}`)),
  logRetentionDays: z.literal(retentionSpans, mustBe(`one of ${retentionSpans.join(', ')}`)),
  /** The sender of mails, which SES must have verified. Without it, the stack sends no mail. */
  mailFrom: mailFrom.optional(),
  /** The number of followers that a channel needs to become a partner. */
  partnerFollowers: z.int(followers).min(1, followers).max(1_000_000, followers),
  /** How many days each of these followers must have followed. With 0, a new follow counts at once. */
  partnerFollowerAgeDays: z.int(ageDays).min(0, ageDays).max(365, ageDays),
  /**
   * The recording settings. A change creates a new recording configuration at IVS. Existing channels keep the
   * old one until they are moved: docs/recordings.md.
   */
  recordings: recordingSettings,
  /**
   * Whether tables, logs and recordings are retained when the stack is deleted, tables are backed up
   * continuously, and deletion protection is on.
   */
  retainData: z.boolean(mustBe('true or false')),
  /** How often the secret that signs access tokens is replaced. Secrets Manager allows at most 1000 days. */
  tokenRotationDays: z.int(days).min(1, days).max(1000, days),
  /** Whether functions send traces to X-Ray, which charges for each trace. */
  tracing: z.boolean(mustBe('true or false')),
  /** Whether CloudFront serves the web app and the API at one address. */
  webApp: z.boolean(mustBe('true or false')).default(true),
});
export type StageSettings = z.infer<typeof stageSettings>;

/** Returns the names of the settings that are allowed at a path within a stage's settings. */
const knownKeys = ([group]: readonly PropertyKey[]): string => {
  const groups = { recordings: recordingSettings, container: containerSettings, limits: limitSettings };
  const [, known] = Object.entries(groups).find(([name]) => name === group) ?? ['', stageSettings];
  return Object.keys(known.shape).join(', ');
};

/**
 * Parses the settings of one stage.
 * @param place The path of the settings, such as `stages.dev`, for error messages.
 * @throws ConfigError that names every bad value and the allowed values.
 */
export function parseStageSettings(input: unknown, place: string): StageSettings {
  const result = stageSettings.safeParse(input);
  if (result.success) return result.data;
  throw new ConfigError(result.error.issues.flatMap(issue => complaints(issue, place)).join('; '));
}

function complaints(issue: z.core.$ZodIssue, stage: string): string[] {
  const place = [stage, ...issue.path].join('.');
  if (issue.code === 'unrecognized_keys')
    return issue.keys.map(
      key => `${place}.${key}: is not a setting; the settings are ${knownKeys(issue.path)}`,
    );
  return [`${place}: ${issue.message}`];
}
