import { Duration } from 'aws-cdk-lib';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { EventSourceMapping, FilterCriteria, FilterRule, StartingPosition } from 'aws-cdk-lib/aws-lambda';
import { SqsDlq } from 'aws-cdk-lib/aws-lambda-event-sources';
import type { Queue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { announceFunction, announceSource } from '../../model/functions.ts';
import { deadLetterQueue } from './deadLetters.ts';
import { suppressNagWildcard } from './nagSuppressions.ts';
import { NodeFunction } from './nodeFunction.ts';
import type { Platform } from './platform.ts';
import { constructId } from './tables.ts';

/** Three times the time that a run waits for IVS. */
const TIMEOUT = Duration.minutes(1);

/**
 * Announces the changes of channels and stages: Lambda reads the streams of the tables and invokes `announce`.
 * A change that fails again and again is isolated by halving its batch, and its position in the stream goes to
 * `deadLetters`. The position only: the change itself stays in the stream, for 24 hours.
 * https://docs.aws.amazon.com/lambda/latest/dg/services-dynamodb-errors.html
 */
export class Announcements extends Construct {
  readonly deadLetters: Queue;

  constructor(scope: Construct, id: string, platform: Platform) {
    super(scope, id);
    this.deadLetters = deadLetterQueue(this, 'DeadLetters');
    const { lambda } = new NodeFunction(this, 'Announce', platform, {
      service: 'announce',
      spec: announceFunction,
      timeout: TIMEOUT,
    });
    lambda.addToRolePolicy(new PolicyStatement({ actions: ['dynamodb:ListStreams'], resources: ['*'] }));
    suppressNagWildcard(
      this,
      '*',
      'Lambda requires ListStreams to read a stream, and the action has no resource-level permissions.',
    );
    for (const name of announceSource.tables) {
      new EventSourceMapping(this, constructId(name), {
        target: lambda,
        eventSourceArn: platform.tables.streamOf(name),
        // With LATEST, changes could be missed while the mapping is created.
        startingPosition: StartingPosition.TRIM_HORIZON,
        filters: [FilterCriteria.filter({ eventName: FilterRule.or(...announceSource.eventNames) })],
        batchSize: announceSource.batchSize,
        parallelizationFactor: announceSource.parallelBatches,
        retryAttempts: announceSource.retryAttempts,
        maxRecordAge: Duration.minutes(announceSource.maxAgeMinutes),
        bisectBatchOnError: true,
        reportBatchItemFailures: true,
        onFailure: new SqsDlq(this.deadLetters),
      });
    }
  }
}
