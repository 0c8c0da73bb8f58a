import { Duration } from 'aws-cdk-lib';
import {
  AlarmStatusWidget,
  Dashboard as CloudWatchDashboard,
  GraphWidget,
  type IMetric,
  type IWidget,
  TextWidget,
} from 'aws-cdk-lib/aws-cloudwatch';
import { Construct } from 'constructs';
import { type MetricName, type MetricSpec, metrics } from '../../model/metrics.ts';
import { tableNames } from '../../model/tables.ts';
import type { Alarms } from './alarms.ts';
import type { Announcements } from './announcements.ts';
import { type ApiMetrics, errorRate } from './apiMetrics.ts';
import type { Chat } from './chat.ts';
import { functionsIn, type LambdaMetric } from './functionMetrics.ts';
import { ownMetric } from './ownMetric.ts';
import { ReasonMetric } from './reasonMetric.ts';
import type { StreamEvents } from './streamEvents.ts';
import type { Tables } from './tables.ts';

export interface DashboardProps {
  readonly alarms: Alarms;
  readonly api: { readonly metrics: ApiMetrics };
  readonly streamEvents: StreamEvents;
  readonly chat: Chat;
  readonly announcements: Announcements;
  readonly tables: Tables;
}

const period = Duration.minutes(5);
const ROW = 24;

/** The dashboard of the stack: alarms first, then from the API down to the tables. */
export class Dashboard extends Construct {
  constructor(scope: Construct, id: string, props: DashboardProps) {
    super(scope, id);
    const { alarms, api, streamEvents, chat, announcements, tables } = props;
    const page = new CloudWatchDashboard(this, 'Page', { defaultInterval: Duration.hours(3) });
    const waiting = (label: string, { deadLetters }: Pick<StreamEvents, 'deadLetters'>) =>
      deadLetters.metricApproximateNumberOfMessagesVisible({ statistic: 'Maximum', period, label });
    const consumed = (name: 'ConsumedReadCapacityUnits' | 'ConsumedWriteCapacityUnits') =>
      tableNames.map(table => tables.metric(table, name, { statistic: 'Sum', period }));

    page.addWidgets(
      new AlarmStatusWidget({ title: 'Alarms', alarms: [...alarms.all], width: ROW, height: 3 }),
    );
    row(page, 'API', [
      graph('Requests', [api.metrics.requests]),
      graph('5xx responses', [api.metrics.serverErrors], [errorRate(api.metrics)]),
      graph('Latency', api.metrics.latencies),
    ]);
    row(page, 'Amazon IVS', [
      graph('Requests that failed on an exhausted quota', [
        ReasonMetric.metric(this, 'IvsQuotaReached', period),
      ]),
    ]);
    row(page, 'Stream events', [
      graph('Events', this.counted('EventHandled', 'EventFolded', 'EventDuplicate', 'EventDropped')),
      graph(
        'Conflicts and repairs',
        this.counted('FoldConflict', 'SessionReconciled', 'StaleOpenSessions', 'AccountLimitBreached'),
      ),
      graph('Dead letters', [
        waiting('Stream events', streamEvents),
        waiting('Chat', chat.log),
        waiting('Announcements', announcements),
      ]),
    ]);
    row(page, 'Functions', [
      graph('Errors', this.ofFunctions('Errors', 'Sum')),
      graph('Throttles', this.ofFunctions('Throttles', 'Sum')),
      graph('Duration, p99', this.ofFunctions('Duration', 'p99')),
    ]);
    row(page, 'Chat', [
      graph('Reviewed messages', this.ofFunctions('Invocations', 'Sum', ['moderateChat'])),
      graph('Review duration, p99', this.ofFunctions('Duration', 'p99', ['moderateChat'])),
      graph('Archived batches', this.ofFunctions('Invocations', 'Sum', ['archiveChat'])),
    ]);
    row(page, 'Announcements', [
      graph('Runs', this.ofFunctions('Invocations', 'Sum', ['announce'])),
      graph('Age of the last change, in ms', this.ofFunctions('IteratorAge', 'Maximum', ['announce'])),
    ]);
    row(page, 'Tables', [
      graph('Read units', consumed('ConsumedReadCapacityUnits')),
      graph('Write units', consumed('ConsumedWriteCapacityUnits')),
      graph(
        'Throttled writes',
        tableNames.map(table => tables.metric(table, 'WriteThrottleEvents', { statistic: 'Sum', period })),
      ),
    ]);
  }

  /** Returns the project's own metrics, one for each function that publishes them. */
  private counted(...names: readonly MetricName[]): IMetric[] {
    return names.flatMap(name => {
      const { services }: MetricSpec = metrics[name];
      return services.map(service => ownMetric(this, name, { service, period }));
    });
  }

  private ofFunctions(name: LambdaMetric, statistic: string, services?: readonly string[]): IMetric[] {
    const functions = functionsIn(this);
    return (services ?? functions.services).map(service =>
      functions.metricOf(service, name, { statistic, period }),
    );
  }
}

const graph = (title: string, left: readonly IMetric[], right: readonly IMetric[] = []): IWidget =>
  new GraphWidget({ title, left: [...left], right: [...right], width: ROW / 3, height: 6 });

function row(page: CloudWatchDashboard, title: string, widgets: readonly IWidget[]): void {
  page.addWidgets(new TextWidget({ markdown: `## ${title}`, width: ROW, height: 1 }));
  page.addWidgets(...widgets);
}
