import { RemovalPolicy } from 'aws-cdk-lib';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import type { Construct } from 'constructs';
import type { StageSettings } from '../config/stageSettings.ts';

/** Creates a log group with a retention period. It is deleted with the stack unless data is retained. */
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
