import { Duration } from 'aws-cdk-lib';
import { Rule, Schedule } from 'aws-cdk-lib/aws-events';
import { LambdaFunction } from 'aws-cdk-lib/aws-events-targets';
import { Construct } from 'constructs';
import { reconcileFunction, reconcileSchedule } from '../../model/functions.ts';
import { NodeFunction, type Platform } from './nodeFunction.ts';

const PERIOD = Duration.minutes(reconcileSchedule.everyMinutes);

/** Shorter than the period, so that two runs do not share IVS's quota. */
const TIMEOUT = Duration.minutes(reconcileSchedule.everyMinutes - 1);

/**
 * The scheduled run that repairs what lost events left wrong.
 *
 * A run that fails is neither tried again nor kept: the next one starts from what is true then and does all
 * that this one did not. Runs that wait for longer than a period are dropped for the same reason. That runs
 * keep failing shows in the function's `Errors` metric.
 */
export class Reconciliation extends Construct {
  constructor(scope: Construct, id: string, platform: Platform) {
    super(scope, id);
    const { lambda } = new NodeFunction(this, 'Reconcile', platform, {
      service: 'reconcile',
      spec: reconcileFunction,
      timeout: TIMEOUT,
      asyncInvoke: { retryAttempts: 0, maxEventAge: PERIOD },
    });
    new Rule(this, 'Schedule', {
      schedule: Schedule.rate(PERIOD),
      targets: [new LambdaFunction(lambda, { retryAttempts: 0, maxEventAge: PERIOD })],
    });
  }
}
