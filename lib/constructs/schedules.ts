import { Duration } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import {
  encoderSchedule,
  finishPendingFunction,
  pendingSchedule,
  rankChannelsFunction,
  rankingSchedule,
  readEncodersFunction,
  reconcileFunction,
  reconcileSchedule,
  sweepResourcesFunction,
  sweepSchedule,
} from '../../model/functions.ts';
import type { Platform } from './platform.ts';
import { ScheduledRun } from './scheduledRun.ts';

/**
 * The scheduled functions, which rank the live channels, read the configuration of encoders, and repair the effects of lost events and interrupted
 * requests.
 */
export class Schedules extends Construct {
  constructor(scope: Construct, id: string, platform: Platform) {
    super(scope, id);
    new ScheduledRun(this, 'Reconciliation', platform, {
      service: 'reconcile',
      spec: reconcileFunction,
      everyMinutes: reconcileSchedule.everyMinutes,
      timeout: Duration.millis(reconcileSchedule.timeoutMs),
    });
    new ScheduledRun(this, 'EncoderReading', platform, {
      service: 'readEncoders',
      spec: readEncodersFunction,
      everyMinutes: encoderSchedule.everyMinutes,
      timeout: Duration.millis(encoderSchedule.timeoutMs),
    });
    new ScheduledRun(this, 'Ranking', platform, {
      service: 'rankChannels',
      spec: rankChannelsFunction,
      everyMinutes: rankingSchedule.everyMinutes,
      timeout: Duration.millis(rankingSchedule.timeoutMs),
    });
    new ScheduledRun(this, 'PendingWork', platform, {
      service: 'finishPending',
      spec: finishPendingFunction,
      everyMinutes: pendingSchedule.everyMinutes,
    });
    new ScheduledRun(this, 'ResourceSweep', platform, {
      service: 'sweepResources',
      spec: sweepResourcesFunction,
      everyMinutes: sweepSchedule.everyMinutes,
    });
  }
}
