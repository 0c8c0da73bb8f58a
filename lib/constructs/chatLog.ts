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
 * Long enough for what became a dead letter to be archived after all: the queue keeps it as long. The archive is the
 * tables, from which people can be deleted; from a log they cannot.
 */
const RETENTION = RetentionDays.TWO_WEEKS;

/** Some transactions for each of the messages of a batch, a busy room's being some thousand. */
const TIMEOUT = Duration.minutes(1);

/**
 * What is said in chat: from the rooms, by a log group, to `archiveChat`. A batch of log lines that is not archived
 * ends in `deadLetters`.
 *
 * CloudWatch Logs calls the function asynchronously, so Lambda's own queue and its retries stand between the two. IVS
 * writes to the group by a policy that it puts on the group itself, when the logging configuration is made.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/AWS-logs-infrastructure-CWL.html
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/SubscriptionFilters.html
 */
export class ChatLog extends Construct {
  readonly deadLetters: Queue;
  /** What every new room is given to log by. */
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
    // A line that is written before the subscription is there is archived by nobody.
    logging.node.addDependency(subscription);
    this.configurationArn = logging.attrArn;
  }
}
