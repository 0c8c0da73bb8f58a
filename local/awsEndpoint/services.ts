import type { Envelope } from '../eventBus/envelope.ts';
import type { StateStore } from '../stateStore.ts';
import type { AwsServices } from './awsEndpoint.ts';
import { describeStacks, type LocalStackDescription } from './cloudFormation.ts';
import { cloudWatch, getMetricDataTarget } from './cloudWatch.ts';
import { dynamoProxy } from './dynamoProxy.ts';
import { putEvents } from './eventBridge.ts';
import type { AwsReply } from './http.ts';
import { ivsChatService, ivsService } from './ivs.ts';
import { type LocalControlOptions, localControl } from './localControl.ts';
import { queryResult } from './query.ts';
import { type S3Options, s3Service } from './s3.ts';
import { type LocalSecret, secretsManager, secretsManagerTargets } from './secretsManager.ts';
import { sqsService, sqsTargets } from './sqs.ts';

export interface LocalServicesOptions extends LocalControlOptions {
  readonly stack: LocalStackDescription;
  readonly secrets: readonly LocalSecret[];
  readonly dynamodbEndpoint: string;
  readonly stateStore: StateStore;
  /** The bucket of users' images. */
  readonly images: S3Options;
  /** Accepts an event, which is delivered after the answer. */
  readonly accept: (event: Envelope) => void;
}

/** All AWS services of local mode. */
export function localServices(options: LocalServicesOptions): AwsServices {
  const { stack, ivs, stateStore, accept } = options;
  const { account, region } = stack;
  const secrets = secretsManager(options.secrets, () => new Date(), stateStore);
  const sqs = sqsService(options.deadLetters.queues);
  return {
    dynamo: dynamoProxy(options.dynamodbEndpoint),
    targets: {
      'AWSEvents.PutEvents': putEvents({ account, region, now: () => new Date(), accept }),
      ...Object.fromEntries(secretsManagerTargets.map(target => [target, secrets])),
      ...Object.fromEntries(sqsTargets.map(target => [target, sqs])),
      [getMetricDataTarget]: cloudWatch(channelId => ivs.streamed(channelId)),
    },
    actions: {
      DescribeStacks: form => describeStacks(stack, form),
      GetCallerIdentity: () => getCallerIdentity(account),
    },
    rest: {
      ivs: ivsService(ivs),
      ivschat: ivsChatService(ivs),
      s3: s3Service(options.images),
      ses: options.mailbox.ses,
    },
    control: localControl(options),
    saved: stateStore.saved,
  };
}

/** STS `GetCallerIdentity`, with which people check the account of their AWS CLI. */
function getCallerIdentity(account: string): AwsReply {
  return queryResult('https://sts.amazonaws.com/doc/2011-06-15/', 'GetCallerIdentity', {
    Arn: `arn:aws:iam::${account}:user/local`,
    UserId: 'LOCAL',
    Account: account,
  });
}
