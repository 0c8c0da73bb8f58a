/** The detail-types that `postStreamEvents` handles. */
export const handledDetailTypes = [
  'IVS Stream State Change',
  'IVS Stream Health Change',
  'IVS Limit Breach',
  'IVS Recording State Change',
  'IVS Stage Update',
] as const;
export type HandledDetailType = (typeof handledDetailTypes)[number];

/**
 * What the EventBridge rule matches, in the stack and in local mode. `source` alone would match CloudTrail's
 * records of IVS API calls as well, which have the same source.
 */
export const ivsEventPattern = {
  source: ['aws.ivs'],
  detailType: [...handledDetailTypes],
} as const;

/**
 * How often and for how long EventBridge tries to hand an event over before it goes to the dead-letter queue, and how
 * long that keeps it. Once it is handed over, Lambda's own retries count: two more tries, the most that
 * Lambda allows, after one minute and after two.
 */
export const eventRetry = {
  maxAttempts: 24,
  maxAgeHours: 6,
  deadLetterDays: 14,
  functionRetries: 2,
} as const;
