import { Duration } from 'aws-cdk-lib';
import { Rule, Schedule } from 'aws-cdk-lib/aws-events';
import { LambdaFunction } from 'aws-cdk-lib/aws-events-targets';
import { Construct } from 'constructs';
import type { FunctionSpec } from '../../model/functions.ts';
import { NodeFunction } from './nodeFunction.ts';
import type { Platform } from './platform.ts';

/** Lambda's maximum timeout. */
const LONGEST = Duration.minutes(15);

/** The minimum pause between two runs, so that they do not share IVS's quota. */
const PAUSE = Duration.seconds(30);

export interface ScheduledRunProps {
  /** The service name in logs and metrics. */
  readonly service: string;
  readonly spec: FunctionSpec;
  readonly everyMinutes: number;
  /** Default: shorter than the period, so that runs do not overlap. */
  readonly timeout?: Duration;
}

/**
 * A function that runs on a schedule and does all remaining work on each run.
 *
 * A failed run is neither retried nor stored: the next run starts from the current state and does all
 * remaining work. Runs that wait longer than one period are dropped for the same reason. The function's
 * `Errors` metric shows repeated failures.
 */
export class ScheduledRun extends Construct {
  constructor(scope: Construct, id: string, platform: Platform, props: ScheduledRunProps) {
    super(scope, id);
    const { service, spec, everyMinutes, timeout } = props;
    const period = Duration.minutes(everyMinutes);
    const { lambda } = new NodeFunction(this, 'Run', platform, {
      service,
      spec,
      timeout: timeout ?? shorter(period.minus(PAUSE), LONGEST),
      asyncInvoke: { retryAttempts: 0, maxEventAge: period },
    });
    new Rule(this, 'Schedule', {
      schedule: Schedule.rate(period),
      targets: [new LambdaFunction(lambda, { retryAttempts: 0, maxEventAge: period })],
    });
  }
}

const shorter = (a: Duration, b: Duration): Duration => (a.toSeconds() < b.toSeconds() ? a : b);
