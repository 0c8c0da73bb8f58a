import { Duration } from 'aws-cdk-lib';
import { Alarm, ComparisonOperator, type IMetric, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import type { Queue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { AlarmTopic } from './alarmTopic.ts';
import type { Announcements } from './announcements.ts';
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
  readonly announcements: Announcements;
  readonly tables: Tables;
  /** The email address that receives alarms. Without it the topic has no subscriber. */
  readonly email?: string | undefined;
}

interface AlarmSpec {
  /** The meaning of the alarm, in one sentence. */
  readonly summary: string;
  readonly metric: IMetric;
  /** The threshold. */
  readonly when: readonly ['above' | 'below', number];
  /** How many of the last periods must breach the threshold. */
  readonly in: readonly [number, 'of', number];
  /** How periods without data count. */
  readonly missing?: TreatMissingData;
}

const minutes = Duration.minutes;

/** IVS waits at most 200 ms for a review, including the network. This metric does not include cold starts. */
const REVIEW_MS = 150;

/**
 * The alarms that notify the operator. docs/runbook.md has a section with the same name for each of them.
 *
 * The API's functions have no alarms of their own. When a function fails, times out or is throttled, API
 * Gateway returns a 5xx, and the 5xx responses are counted. The dashboard shows which function it is. The
 * function that writes the categories runs only within deployments, and its failure fails the deployment.
 */
export class Alarms extends Construct {
  readonly all: readonly Alarm[];

  constructor(scope: Construct, id: string, props: AlarmsProps) {
    super(scope, id);
    const { api, streamEvents, chat, announcements, tables, email } = props;
    const { topic } = new AlarmTopic(this, 'Notifications', { email });
    const specs: Readonly<Record<string, AlarmSpec>> = {
      ApiErrors: {
        summary: 'More than 1 % of requests get a 5xx response',
        metric: errorRate(api.metrics),
        when: ['above', 1],
        in: [3, 'of', 5],
      },
      EventDeadLetters: deadLetters('Stream events', streamEvents.deadLetters),
      ChatDeadLetters: deadLetters('Batches of chat messages', chat.log.deadLetters),
      AnnouncementDeadLetters: deadLetters('Announcements', announcements.deadLetters),
      ...this.functionAlarms(),
      ...this.reconciliationAlarms(),
      AccountLimits: {
        summary:
          'An account-wide Amazon IVS limit was reached: new broadcasts are rejected or running ones are ' +
          'disconnected',
        metric: ownMetric(this, 'AccountLimitBreached', { service: 'postStreamEvents', period: minutes(5) }),
        when: ['above', 0],
        in: [1, 'of', 1],
      },
      IvsQuotaReached: {
        summary: 'A resource quota of Amazon IVS is exhausted: new users cannot sign up',
        metric: ReasonMetric.metric(this, 'IvsQuotaReached', minutes(5)),
        when: ['above', 0],
        in: [1, 'of', 1],
      },
      TableThrottles: {
        summary: 'DynamoDB throttles requests for one key, and retries do not recover all of them',
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
      summary: string,
      period = minutes(5),
      often: Partial<AlarmSpec> = {},
    ): AlarmSpec => ({
      summary,
      metric: failuresOf(functions, service, period),
      when: ['above', 0],
      in: [3, 'of', 3],
      ...often,
    });
    return {
      StreamEventsFailing: failing(
        'postStreamEvents',
        'Processing of stream events has failed for 15 minutes',
      ),
      ChatArchiveFailing: failing('archiveChat', 'Archiving of chat messages has failed for 15 minutes'),
      ChatReviewFailing: failing(
        'moderateChat',
        'Chat messages are handled by the fallback, without a review',
        minutes(5),
        {
          metric: failuresOf(functions, 'moderateChat', minutes(5), {
            unread: ReasonMetric.metric(this, 'ReviewRulesUnread', minutes(5)),
          }),
        },
      ),
      ChatReviewSlow: {
        summary: `The p99 duration of chat reviews is above ${REVIEW_MS} ms: IVS stops waiting after 200 ms`,
        metric: functions.metricOf('moderateChat', 'Duration', { statistic: 'p99', period: minutes(5) }),
        when: ['above', REVIEW_MS],
        in: [3, 'of', 5],
      },
      AnnouncementsFailing: failing('announce', 'Announcing of changes has failed for 15 minutes'),
      AnnouncementsLate: {
        summary: 'Changes of channels and stages are announced more than a minute late',
        metric: functions.metricOf('announce', 'IteratorAge', { statistic: 'Maximum', period: minutes(1) }),
        when: ['above', 60_000],
        in: [5, 'of', 5],
      },
      EncoderReadingFailing: failing(
        'readEncoders',
        'The configuration of encoders is known minutes late, or not at all',
      ),
      RankingFailing: failing('rankChannels', 'The list of live channels by viewers is not updated'),
      // The function runs every five minutes. One failure is tolerated, because the next run does the same
      // work.
      PendingWorkFailing: failing(
        'finishPending',
        'Interrupted sign-ups, deletions and stream key replacements are not completed',
        minutes(15),
        { when: ['above', 1], in: [1, 'of', 1] },
      ),
      ResourceSweepFailing: failing(
        'sweepResources',
        'Amazon IVS resources that belong to no user are not deleted',
        minutes(60),
        { in: [2, 'of', 3] },
      ),
      // Secrets Manager retries for a day.
      TokenRotationFailing: failing(
        'rotateSecret',
        'The secret that signs access tokens could not be replaced; the current one stays in use',
        minutes(60),
        { when: ['above', 1], in: [1, 'of', 1] },
      ),
    };
  }

  private reconciliationAlarms(): Record<string, AlarmSpec> {
    const stale = { service: 'reconcile', period: minutes(5) };
    return {
      ReconciliationFailing: {
        summary: 'Runs of the reconciler fail: sessions with missed events are not repaired',
        metric: failuresOf(functionsIn(this), 'reconcile', minutes(15)),
        when: ['above', 1],
        in: [1, 'of', 1],
      },
      ReconciliationSilent: {
        summary: 'The reconciler has not read the live streams from IVS for 20 minutes',
        metric: ownMetric(this, 'StaleOpenSessions', { ...stale, statistic: 'SampleCount' }),
        when: ['below', 1],
        in: [4, 'of', 4],
        // Missing data is the failure that this alarm detects.
        missing: TreatMissingData.BREACHING,
      },
      StaleOpenSessions: {
        summary:
          'Channels that are not live are shown as live, and the reconciler cannot close their sessions',
        metric: ownMetric(this, 'StaleOpenSessions', stale),
        when: ['above', 0],
        in: [3, 'of', 3],
        missing: TreatMissingData.IGNORE,
      },
    };
  }
}

const deadLetters = (what: string, queue: Queue): AlarmSpec => ({
  summary: `${what} could not be processed. They stay in the dead-letter queue for at most 14 days`,
  metric: queue.metricApproximateNumberOfMessagesVisible({ statistic: 'Maximum', period: minutes(5) }),
  when: ['above', 0],
  in: [1, 'of', 1],
  // SQS publishes no metrics of a queue that was not used for six hours, even if it contains messages.
  missing: TreatMissingData.IGNORE,
});

const alarmProps = (
  name: string,
  { summary, metric, when, in: [datapoints, , periods], missing }: AlarmSpec,
) => ({
  alarmDescription: `${summary}. See docs/runbook.md#${name.toLowerCase()}`,
  metric,
  threshold: when[1],
  comparisonOperator:
    when[0] === 'above' ? ComparisonOperator.GREATER_THAN_THRESHOLD : ComparisonOperator.LESS_THAN_THRESHOLD,
  datapointsToAlarm: datapoints,
  evaluationPeriods: periods,
  treatMissingData: missing ?? TreatMissingData.NOT_BREACHING,
});
