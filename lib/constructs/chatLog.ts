import { CfnDeletionPolicy, Duration } from 'aws-cdk-lib';
import { CfnLoggingConfiguration } from 'aws-cdk-lib/aws-ivschat';
import { SqsDestination } from 'aws-cdk-lib/aws-lambda-destinations';
import { FilterPattern, RetentionDays, SubscriptionFilter } from 'aws-cdk-lib/aws-logs';
import { LambdaDestination } from 'aws-cdk-lib/aws-logs-destinations';
import type { Queue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { eventRetry } from '../../model/eventPattern.ts';
import { archiveChatFunction } from '../../model/functions.ts';
import { deadLetterQueue } from './deadLetters.ts';
import { logGroup } from './logs.ts';
import { NodeFunction } from './nodeFunction.ts';
import type { Platform } from './platform.ts';

/**
 * As long as the dead-letter queue keeps messages, so that failed batches can still be archived. Messages are
 * kept permanently in the tables, where the data of a user can be deleted, and not in the log, where it
 * cannot.
 */
const RETENTION = RetentionDays.TWO_WEEKS;

/** A batch of a busy room has several thousand messages, with several transactions each. */
const TIMEOUT = Duration.minutes(1);

/**
 * Archives chat messages: the rooms log them to a log group, which invokes `archiveChat`. Batches that cannot
 * be archived go to `deadLetters`.
 *
 * CloudWatch Logs invokes the function asynchronously, so Lambda's own queue and retries apply. IVS writes to
 * the group under a policy that IVS adds to the group when the logging configuration is created.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/AWS-logs-infrastructure-CWL.html
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/SubscriptionFilters.html
 */
export class ChatLog extends Construct {
  readonly deadLetters: Queue;
  /** The ARN of the logging configuration of new rooms. */
  readonly configurationArn: string;

  constructor(scope: Construct, id: string, platform: Platform) {
    super(scope, id);
    const { retainData } = platform.settings;
    const messages = logGroup(this, 'Messages', { retainData, logRetentionDays: RETENTION });
    this.deadLetters = deadLetterQueue(this, 'DeadLetters');
    const { lambda } = new NodeFunction(this, 'ArchiveChat', platform, {
      service: 'archiveChat',
      spec: archiveChatFunction,
      timeout: TIMEOUT,
      asyncInvoke: {
        retryAttempts: eventRetry.functionRetries,
        maxEventAge: Duration.hours(eventRetry.maxAgeHours),
        onFailure: new SqsDestination(this.deadLetters),
      },
    });
    const subscription = new SubscriptionFilter(this, 'Subscription', {
      logGroup: messages,
      destination: new LambdaDestination(lambda),
      filterPattern: FilterPattern.allEvents(),
    });
    const logging = new CfnLoggingConfiguration(this, 'Configuration', {
      destinationConfiguration: { cloudWatchLogs: { logGroupName: messages.logGroupName } },
    });
    logging.cfnOptions.deletionPolicy = retainData ? CfnDeletionPolicy.RETAIN : CfnDeletionPolicy.DELETE;
    // Lines written before the subscription exists would not be archived.
    logging.node.addDependency(subscription);
    this.configurationArn = logging.attrArn;
  }
}
