import { Duration } from 'aws-cdk-lib';
import { Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs';
import type { Construct } from 'constructs';
import { eventRetry } from '../../model/eventPattern.ts';
import { accept } from './accept.ts';

/** A queue for what could not be handled: kept for as long as SQS keeps anything, encrypted, sent over TLS only. */
export function deadLetterQueue(scope: Construct, id: string): Queue {
  const queue = new Queue(scope, id, {
    retentionPeriod: Duration.days(eventRetry.deadLetterDays),
    encryption: QueueEncryption.SQS_MANAGED,
    enforceSSL: true,
  });
  accept(queue, 'AwsSolutions-SQS3', 'It is where dead letters go: an alarm says so, and a person decides.');
  return queue;
}
