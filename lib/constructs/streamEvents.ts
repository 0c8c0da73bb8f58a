import { Duration } from 'aws-cdk-lib';
import { Rule } from 'aws-cdk-lib/aws-events';
import { LambdaFunction } from 'aws-cdk-lib/aws-events-targets';
import { SqsDestination } from 'aws-cdk-lib/aws-lambda-destinations';
import type { Queue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { eventRetry, ivsEventPattern } from '../../model/eventPattern.ts';
import { postStreamEventsFunction } from '../../model/functions.ts';
import { deadLetterQueue } from './deadLetters.ts';
import { NodeFunction } from './nodeFunction.ts';
import type { Platform } from './platform.ts';

/** Long enough for many retries on a contended channel. A run that times out has failed, and is retried. */
const TIMEOUT = Duration.seconds(45);

/**
 * Delivers IVS events from EventBridge to `postStreamEvents`. Events that cannot be processed go to
 * `deadLetters`.
 *
 * An event can be lost in two places, and each needs its own configuration. EventBridge hands the event to
 * Lambda's queue and counts it as delivered: its retries and its dead-letter queue cover only that step, for
 * example when Lambda throttles or the permission is missing. Then Lambda invokes the function, retries twice
 * when it throws, and drops the event unless a failure destination is set.
 *
 * The message formats differ. EventBridge sends the event itself, with the error in message attributes.
 * Lambda sends a record with the event in `requestPayload` and the error in `responsePayload`.
 * https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-rule-dlq.html
 * https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-error-handling.html
 */
export class StreamEvents extends Construct {
  readonly deadLetters: Queue;

  constructor(scope: Construct, id: string, platform: Platform) {
    super(scope, id);
    this.deadLetters = deadLetterQueue(this, 'DeadLetters');
    const maxEventAge = Duration.hours(eventRetry.maxAgeHours);
    const { lambda } = new NodeFunction(this, 'PostStreamEvents', platform, {
      service: 'postStreamEvents',
      spec: postStreamEventsFunction,
      timeout: TIMEOUT,
      asyncInvoke: {
        retryAttempts: eventRetry.functionRetries,
        maxEventAge,
        onFailure: new SqsDestination(this.deadLetters),
      },
    });
    new Rule(this, 'IvsEvents', {
      eventPattern: {
        source: [...ivsEventPattern.source],
        detailType: [...ivsEventPattern.detailType],
      },
      targets: [
        new LambdaFunction(lambda, {
          retryAttempts: eventRetry.maxAttempts,
          maxEventAge,
          deadLetterQueue: this.deadLetters,
        }),
      ],
    });
  }
}
