import { Duration } from 'aws-cdk-lib';
import { Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs';
import type { Construct } from 'constructs';
import { eventRetry } from '../../model/eventPattern.ts';
import { suppressNag } from './nagSuppressions.ts';

/** Creates a dead-letter queue with the longest retention of SQS, encryption, and TLS only. */
export function deadLetterQueue(scope: Construct, id: string): Queue {
  const queue = new Queue(scope, id, {
    retentionPeriod: Duration.days(eventRetry.deadLetterDays),
    encryption: QueueEncryption.SQS_MANAGED,
    enforceSSL: true,
  });
  suppressNag(
    queue,
    'AwsSolutions-SQS3',
    'This is itself a dead-letter queue. An alarm notifies the operator.',
  );
  return queue;
}
