import { RemovalPolicy } from 'aws-cdk-lib';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import type { Construct } from 'constructs';
import type { StageSettings } from '../config/stageSettings.ts';

/** A log group that forgets after a span, the stage's unless another is given, and that goes with the stack where data may. */
export function logGroup(
  scope: Construct,
  id: string,
  { logRetentionDays, retainData }: Pick<StageSettings, 'logRetentionDays' | 'retainData'>,
): LogGroup {
  return new LogGroup(scope, id, {
    retention: logRetentionDays,
    removalPolicy: retainData ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY,
  });
}
