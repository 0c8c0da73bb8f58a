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
 * The pattern of the EventBridge rule, in the stack and in local mode. `source` alone would also match
 * CloudTrail's records of IVS API calls, which have the same source.
 */
export const ivsEventPattern = {
  source: ['aws.ivs'],
  detailType: [...handledDetailTypes],
} as const;

/**
 * EventBridge's retries of the delivery, and how long the dead-letter queue keeps an event. After the
 * delivery, Lambda's own retries apply: two (the maximum), after one and two minutes.
 */
export const eventRetry = {
  maxAttempts: 24,
  maxAgeHours: 6,
  deadLetterDays: 14,
  functionRetries: 2,
} as const;
