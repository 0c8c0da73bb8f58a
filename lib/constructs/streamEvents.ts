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

/** Room for many tries on a channel that events compete for. A run cut off here has failed, and is tried again. */
const TIMEOUT = Duration.seconds(45);

/**
 * IVS events, from EventBridge to `postStreamEvents`. An event that is not handled ends in `deadLetters`.
 *
 * It can be lost at two places, and each needs its own way there. EventBridge hands the event to Lambda's own
 * queue and counts it as delivered: its retries and its dead-letter setting only cover handing it over, as
 * when Lambda refuses for a while or the permission is gone. From there on Lambda calls the function and,
 * when that throws, tries twice more and then drops the event, unless a failure destination is set.
 *
 * The two write different messages: EventBridge the event itself, with the error in message attributes;
 * Lambda a record with the event in `requestPayload` and the error in `responsePayload`.
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
