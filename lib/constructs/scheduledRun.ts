import { Duration } from 'aws-cdk-lib';
import { Rule, Schedule } from 'aws-cdk-lib/aws-events';
import { LambdaFunction } from 'aws-cdk-lib/aws-events-targets';
import { Construct } from 'constructs';
import type { FunctionSpec } from '../../model/functions.ts';
import { NodeFunction } from './nodeFunction.ts';
import type { Platform } from './platform.ts';

/** The longest that Lambda lets a function run. */
const LONGEST = Duration.minutes(15);

/** Between the end of one run and the beginning of the next, so that two do not share IVS's quota. */
const PAUSE = Duration.seconds(30);

export interface ScheduledRunProps {
  /** The name its logs and metrics go by. */
  readonly service: string;
  readonly spec: FunctionSpec;
  readonly everyMinutes: number;
}

/**
 * A function that is run again and again, and that each time does what is left to do.
 *
 * A run that fails is neither tried again nor kept: the next one starts from what is true then and does all
 * that this one did not. Runs that wait for longer than a period are dropped for the same reason. That runs
 * keep failing shows in the function's `Errors` metric.
 */
export class ScheduledRun extends Construct {
  constructor(scope: Construct, id: string, platform: Platform, props: ScheduledRunProps) {
    super(scope, id);
    const { service, spec, everyMinutes } = props;
    const period = Duration.minutes(everyMinutes);
    const { lambda } = new NodeFunction(this, 'Run', platform, {
      service,
      spec,
      timeout: shorter(period.minus(PAUSE), LONGEST),
      asyncInvoke: { retryAttempts: 0, maxEventAge: period },
    });
    new Rule(this, 'Schedule', {
      schedule: Schedule.rate(period),
      targets: [new LambdaFunction(lambda, { retryAttempts: 0, maxEventAge: period })],
    });
  }
}

const shorter = (a: Duration, b: Duration): Duration => (a.toSeconds() < b.toSeconds() ? a : b);
