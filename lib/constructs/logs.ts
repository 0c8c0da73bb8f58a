import { RemovalPolicy } from 'aws-cdk-lib';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import type { Construct } from 'constructs';
import type { StageSettings } from '../config/stageSettings.ts';

/** A log group that forgets after the stage's span, and that goes with the stack where data may. */
export function logGroup(
  scope: Construct,
  id: string,
  { logRetentionDays, retainData }: StageSettings,
): LogGroup {
  return new LogGroup(scope, id, {
    retention: logRetentionDays,
    removalPolicy: retainData ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY,
  });
}
