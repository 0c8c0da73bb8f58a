import { ApplicationLogLevel } from 'aws-cdk-lib/aws-lambda';
import { RetentionDays } from 'aws-cdk-lib/aws-logs';
import { z } from 'zod';
import { limitSettings } from '../../model/rateLimit.ts';
import { containerSettings } from './containerSettings.ts';
import { allowedOrigins } from './origins.ts';
import { ConfigError, shown } from './source.ts';

const logLevels = [
  ApplicationLogLevel.DEBUG,
  ApplicationLogLevel.INFO,
  ApplicationLogLevel.WARN,
  ApplicationLogLevel.ERROR,
] as const;

/** The spans CloudWatch Logs knows. `INFINITE` is CDK's own number for never, not a span. */
const retentionSpans = Object.values(RetentionDays).filter(
  (days): days is RetentionDays => typeof days === 'number' && days !== RetentionDays.INFINITE,
);

const must = (be: string) => ({
  error: ({ input }: { readonly input?: unknown }) => `must be ${be}, and is ${shown(input)}`,
});

const fallback = must('ALLOW or DENY');
const recordings = must('the settings reconnectWindowSeconds and thumbnailSeconds');
const reconnectWindow = must('a whole number of seconds from 0 to 300');
const thumbnails = must('a whole number of seconds from 1 to 60');
const followers = must('a whole number of followers from 1 to 1000000');
const ageDays = must('a whole number of days from 0 to 365');
const days = must('a whole number of days from 1 to 1000');

const recordingSettings = z.strictObject(
  {
    /** A broadcast that comes back within this time goes on with its recording; 0 begins another. */
    reconnectWindowSeconds: z.int(reconnectWindow).min(0, reconnectWindow).max(300, reconnectWindow),
    /** How often a thumbnail is taken. */
    thumbnailSeconds: z.int(thumbnails).min(1, thumbnails).max(60, thumbnails),
  },
  recordings,
);
export type RecordingSettings = z.infer<typeof recordingSettings>;

const stageSettings = z.strictObject({
  allowedOrigins,
  /** What becomes of a chat message when its review fails or takes longer than IVS waits, which is 200 ms. */
  chatReviewFallback: z.enum(['ALLOW', 'DENY'], fallback),
  container: containerSettings,
  /** How many requests are taken from one network and by the whole stack, where what all share is scarce. */
  limits: limitSettings,
  /** Records below this level are not written. */
  logLevel: z.enum(logLevels, must(`one of ${logLevels.join(', ')}`)),
  logRetentionDays: z.literal(retentionSpans, must(`one of ${retentionSpans.join(', ')}`)),
  /** How many followers a partner's channel needs. */
  partnerFollowers: z.int(followers).min(1, followers).max(1_000_000, followers),
  /** For how many days each of these followers must have followed; 0: from the first moment on. */
  partnerFollowerAgeDays: z.int(ageDays).min(0, ageDays).max(365, ageDays),
  /**
   * How broadcasts are recorded. A change makes a new recording configuration at IVS, which channels that exist do
   * not have until they are moved: docs/recordings.md.
   */
  recordings: recordingSettings,
  /** Tables, logs and recordings outlive the stack, tables are backed up continuously, and nothing deletes them by accident. */
  retainData: z.boolean(must('true or false')),
  /** How often the secret that signs access tokens is replaced; 1000 is as seldom as Secrets Manager knows. */
  tokenRotationDays: z.int(days).min(1, days).max(1000, days),
  /** Functions send traces of what they do to X-Ray, which is paid by the trace. */
  tracing: z.boolean(must('true or false')),
});
export type StageSettings = z.infer<typeof stageSettings>;

/** The keys that may stand at a place within a stage's settings. */
const knownKeys = ([group]: readonly PropertyKey[]): string => {
  const groups = { recordings: recordingSettings, container: containerSettings, limits: limitSettings };
  const [, known] = Object.entries(groups).find(([name]) => name === group) ?? ['', stageSettings];
  return Object.keys(known.shape).join(', ');
};

/**
 * Reads one stage's settings. `place` is where they are written, as `stages.dev`.
 * @throws ConfigError naming every bad value and what it may be.
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
