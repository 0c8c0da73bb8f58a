/**
 * The dimension of every metric that this project publishes: the name of the function that published it. The
 * namespace is the stack's name.
 */
export const SERVICE_DIMENSION = 'service';

/** A second dimension of `EventDropped`, which is also published without this dimension. */
export const REASON_DIMENSION = 'reason';

/**
 * Why an event is dropped. The list is short and fixed, because AWS bills each value of a dimension as a
 * metric.
 */
export const dropReasons = [
  'malformed',
  'fromTheFuture',
  'unknownChannel',
  'unknownStage',
  'unknownName',
  'noOpenSession',
] as const;
export type DropReason = (typeof dropReasons)[number];

/**
 * The `reason` of the API's log lines about an exhausted IVS quota. A metric filter counts the lines, so the
 * API's functions and the container need no code that publishes metrics.
 */
export const IVS_QUOTA = 'ivs-quota';

/**
 * The `reason` of moderateChat's log lines about a message that was refused because its room's rules could
 * not be read. For Lambda the refusal is a normal answer, so no metric of Lambda counts it.
 */
export const REVIEW_RULES_UNREAD = 'review-rules-unread';

export interface MetricSpec {
  /** The functions that publish the metric, by their names in `functionSpecs`. */
  readonly services: readonly string[];
  /** How the values of a period are combined. */
  readonly statistic: 'Sum' | 'Maximum';
  /** What the metric counts. */
  readonly description: string;
}

/**
 * Every metric by its name. Alarms and the dashboard are built from this list, and code can count only these.
 */
export const metrics = {
  EventHandled: {
    services: ['postStreamEvents'],
    statistic: 'Sum',
    description: 'events that were handled: folded, duplicate, dropped, or of the whole account',
  },
  EventFolded: {
    services: ['postStreamEvents'],
    statistic: 'Sum',
    description: 'events that changed the state of a session or a stage',
  },
  EventDuplicate: {
    services: ['postStreamEvents'],
    statistic: 'Sum',
    description: 'events that had been handled before',
  },
  EventDropped: {
    services: ['postStreamEvents'],
    statistic: 'Sum',
    description:
      'events that can never be handled: malformed, from the future, or of an unknown channel or stage',
  },
  AccountLimitBreached: {
    services: ['postStreamEvents'],
    statistic: 'Sum',
    description: 'breaches of a limit of the whole account',
  },
  FoldConflict: {
    services: ['postStreamEvents', 'reconcile'],
    statistic: 'Sum',
    description: 'folds that were repeated because another writer changed the same rows first',
  },
  SessionReconciled: {
    services: ['reconcile'],
    statistic: 'Sum',
    description: 'sessions that the reconciler opened or closed because their events were missing',
  },
  /** A gauge. Every run that read IVS's whole list publishes it, also when it is 0. */
  StaleOpenSessions: {
    services: ['reconcile'],
    statistic: 'Maximum',
    description:
      'open sessions that IVS does not stream and a run could not close: offline channels that are shown as live',
  },
} as const satisfies Record<string, MetricSpec>;
export type MetricName = keyof typeof metrics;

export const metricNames: readonly MetricName[] = Object.keys(metrics) as MetricName[];

/** Adds `by` (default 1) to a metric. A dropped event is also counted by its reason. */
export type Count = (name: MetricName, by?: number, reason?: DropReason) => void;
