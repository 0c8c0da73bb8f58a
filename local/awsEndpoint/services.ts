import type { Envelope } from '../eventBus/envelope.ts';
import type { KeptState } from '../keptState.ts';
import type { AwsServices } from './awsEndpoint.ts';
import { describeStacks, type LocalStackDescription } from './cloudFormation.ts';
import { dynamoProxy } from './dynamoProxy.ts';
import { putEvents } from './eventBridge.ts';
import type { AwsReply } from './exchange.ts';
import { ivsChatService, ivsService } from './ivs.ts';
import { type LocalControlOptions, localControl } from './localControl.ts';
import { queryResult } from './query.ts';
import { type LocalSecret, secretsManager, secretsManagerTargets } from './secretsManager.ts';
import { sqsService, sqsTargets } from './sqs.ts';

export interface LocalServicesOptions extends LocalControlOptions {
  readonly stack: LocalStackDescription;
  readonly secrets: readonly LocalSecret[];
  readonly dynamodbEndpoint: string;
  readonly kept: KeptState;
  /** Takes an event that is delivered after the answer. */
  readonly accept: (event: Envelope) => void;
}

/** Every AWS service that local mode has. */
export function localServices(options: LocalServicesOptions): AwsServices {
  const { stack, ivs, kept, accept } = options;
  const { account, region } = stack;
  const secrets = secretsManager(options.secrets, () => new Date(), kept);
  const sqs = sqsService(options.deadLetters.queues);
  return {
    dynamo: dynamoProxy(options.dynamodbEndpoint),
    targets: {
      'AWSEvents.PutEvents': putEvents({ account, region, now: () => new Date(), accept }),
      ...Object.fromEntries(secretsManagerTargets.map(target => [target, secrets])),
      ...Object.fromEntries(sqsTargets.map(target => [target, sqs])),
    },
    actions: {
      DescribeStacks: form => describeStacks(stack, form),
      GetCallerIdentity: () => getCallerIdentity(account),
    },
    rest: { ivs: ivsService(ivs), ivschat: ivsChatService(ivs) },
    control: localControl(options),
    saved: kept.saved,
  };
}

/** STS `GetCallerIdentity`: what people ask the AWS CLI first, to see whose account they are in. */
function getCallerIdentity(account: string): AwsReply {
  return queryResult('https://sts.amazonaws.com/doc/2011-06-15/', 'GetCallerIdentity', {
    Arn: `arn:aws:iam::${account}:user/local`,
    UserId: 'LOCAL',
    Account: account,
  });
}
