import { Duration } from 'aws-cdk-lib';
import { Alarm, ComparisonOperator, type IMetric, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import type { Queue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { AlarmTopic } from './alarmTopic.ts';
import { type ApiMetrics, errorRate } from './apiMetrics.ts';
import type { Chat } from './chat.ts';
import { failuresOf, functionsIn } from './functionMetrics.ts';
import { ownMetric } from './ownMetric.ts';
import { ReasonMetric } from './reasonMetric.ts';
import type { StreamEvents } from './streamEvents.ts';
import { throttledWhereHot } from './tableMetrics.ts';
import type { Tables } from './tables.ts';

export interface AlarmsProps {
  readonly api: { readonly metrics: ApiMetrics };
  readonly streamEvents: StreamEvents;
  readonly chat: Chat;
  readonly tables: Tables;
  /** Who is told; without it the topic has no reader until somebody subscribes. */
  readonly email?: string | undefined;
}

interface AlarmSpec {
  /** What it means, in one sentence. */
  readonly says: string;
  readonly metric: IMetric;
  /** When it goes off. */
  readonly when: readonly ['above' | 'below', number];
  /** In how many of the last periods. */
  readonly in: readonly [number, 'of', number];
  /** What no data means. */
  readonly missing?: TreatMissingData;
}

const minutes = Duration.minutes;

/**
 * IVS does not wait for a review any longer than 200 ms, of which the way there and back takes some. What a cold start
 * takes is not in this metric.
 */
const REVIEW_MS = 150;

/**
 * What a person is told of, day and night: docs/runbook.md has an article for each, under the same name.
 *
 * The API's functions have no alarms of their own. When one fails, takes too long or is refused by Lambda, API Gateway
 * answers with a 5xx, which is what callers feel and what is counted; the dashboard tells which one it is. The function
 * that fills the catalogue runs within deployments, which fail with it.
 */
export class Alarms extends Construct {
  readonly all: readonly Alarm[];

  constructor(scope: Construct, id: string, { api, streamEvents, chat, tables, email }: AlarmsProps) {
    super(scope, id);
    const { topic } = new AlarmTopic(this, 'Notifications', { email });
    const specs: Readonly<Record<string, AlarmSpec>> = {
      ApiErrors: {
        says: 'More than 1 % of requests are answered with a 5xx',
        metric: errorRate(api.metrics),
        when: ['above', 1],
        in: [3, 'of', 5],
      },
      EventDeadLetters: deadLetters('Stream events', streamEvents.deadLetters),
      ChatDeadLetters: deadLetters('Batches of chat messages', chat.log.deadLetters),
      ...this.functionAlarms(),
      ...this.reconciliationAlarms(),
      AccountLimits: {
        says: 'A limit of the whole account at Amazon IVS was reached: broadcasts are refused or cut off',
        metric: ownMetric(this, 'AccountLimitBreached', { service: 'postStreamEvents', period: minutes(5) }),
        when: ['above', 0],
        in: [1, 'of', 1],
      },
      IvsQuotaReached: {
        says: 'A quota of resources at Amazon IVS is used up: new users cannot sign up',
        metric: ReasonMetric.metric(this, 'IvsQuotaReached', minutes(5)),
        when: ['above', 0],
        in: [1, 'of', 1],
      },
      TableThrottles: {
        says: 'DynamoDB refuses what is asked of one key, faster than tries again make up for',
        metric: throttledWhereHot(tables, minutes(5)),
        when: ['above', 10],
        in: [2, 'of', 3],
      },
    };
    this.all = Object.entries(specs).map(([name, spec]) => {
      const alarm = new Alarm(this, name, alarmProps(name, spec));
      alarm.addAlarmAction(new SnsAction(topic));
      alarm.addOkAction(new SnsAction(topic));
      return alarm;
    });
  }

  private functionAlarms(): Record<string, AlarmSpec> {
    const functions = functionsIn(this);
    const failing = (
      service: string,
      says: string,
      period = minutes(5),
      often: Partial<AlarmSpec> = {},
    ): AlarmSpec => ({
      says,
      metric: failuresOf(functions, service, period),
      when: ['above', 0],
      in: [3, 'of', 3],
      ...often,
    });
    return {
      StreamEventsFailing: failing('postStreamEvents', 'Stream events have failed for a quarter of an hour'),
      ChatArchiveFailing: failing('archiveChat', 'Chat has not been archived for a quarter of an hour'),
      ChatReviewFailing: failing(
        'moderateChat',
        'Chat messages go by the fallback, without a review',
        minutes(5),
        {
          metric: failuresOf(functions, 'moderateChat', minutes(5), {
            unread: ReasonMetric.metric(this, 'ReviewRulesUnread', minutes(5)),
          }),
        },
      ),
      ChatReviewSlow: {
        says: `One review of chat in a hundred takes longer than ${REVIEW_MS} ms: soon IVS will not wait for it`,
        metric: functions.metricOf('moderateChat', 'Duration', { statistic: 'p99', period: minutes(5) }),
        when: ['above', REVIEW_MS],
        in: [3, 'of', 5],
      },
      // Runs every five minutes: one may fail, as the next does its work too.
      PendingWorkFailing: failing(
        'finishPending',
        'What was interrupted is not gone on with: sign-ups, deletions and stream keys stay half-way',
        minutes(15),
        { when: ['above', 1], in: [1, 'of', 1] },
      ),
      ResourceSweepFailing: failing(
        'sweepResources',
        'What nobody has on record is not removed from Amazon IVS',
        minutes(60),
        { in: [2, 'of', 3] },
      ),
      // Secrets Manager tries again by itself, for a day.
      TokenRotationFailing: failing(
        'rotateSecret',
        'The secret that signs access tokens could not be replaced; the one before goes on',
        minutes(60),
        { when: ['above', 1], in: [1, 'of', 1] },
      ),
    };
  }

  private reconciliationAlarms(): Record<string, AlarmSpec> {
    const stale = { service: 'reconcile', period: minutes(5) };
    return {
      ReconciliationFailing: {
        says: 'Runs of the reconciler fail: what events missed is not repaired',
        metric: failuresOf(functionsIn(this), 'reconcile', minutes(15)),
        when: ['above', 1],
        in: [1, 'of', 1],
      },
      ReconciliationSilent: {
        says: 'No run of the reconciler has read what IVS streams for 20 minutes',
        metric: ownMetric(this, 'StaleOpenSessions', { ...stale, statistic: 'SampleCount' }),
        when: ['below', 1],
        in: [4, 'of', 4],
        // Silence is what it is about.
        missing: TreatMissingData.BREACHING,
      },
      StaleOpenSessions: {
        says: 'Channels are shown live that are not, and the reconciler cannot close them',
        metric: ownMetric(this, 'StaleOpenSessions', stale),
        when: ['above', 0],
        in: [3, 'of', 3],
        missing: TreatMissingData.IGNORE,
      },
    };
  }
}

const deadLetters = (what: string, queue: Queue): AlarmSpec => ({
  says: `${what} could not be handled and wait for a person, for 14 days at most`,
  metric: queue.metricApproximateNumberOfMessagesVisible({ statistic: 'Maximum', period: minutes(5) }),
  when: ['above', 0],
  in: [1, 'of', 1],
  // SQS falls silent about a queue that nothing has touched for six hours, and what is in it is still there.
  missing: TreatMissingData.IGNORE,
});

const alarmProps = (
  name: string,
  { says, metric, when, in: [datapoints, , periods], missing }: AlarmSpec,
) => ({
  alarmDescription: `${says}. See docs/runbook.md#${name.toLowerCase()}`,
  metric,
  threshold: when[1],
  comparisonOperator:
    when[0] === 'above' ? ComparisonOperator.GREATER_THAN_THRESHOLD : ComparisonOperator.LESS_THAN_THRESHOLD,
  datapointsToAlarm: datapoints,
  evaluationPeriods: periods,
  treatMissingData: missing ?? TreatMissingData.NOT_BREACHING,
});
