import { Duration, Stack } from 'aws-cdk-lib';
import { ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import { moderateChatFunction } from '../../model/functions.ts';
import { NodeFunction } from './nodeFunction.ts';
import type { Platform } from './platform.ts';
import { ReasonMetric } from './reasonMetric.ts';

/** The smallest timeout of Lambda. IVS stops waiting after 200 ms. */
const TIMEOUT = Duration.seconds(1);

/** The function that reviews every chat message before IVS Chat delivers it. */
export class ChatReview extends Construct {
  /** The ARN of the review handler of new rooms. */
  readonly handlerArn: string;

  constructor(scope: Construct, id: string, platform: Platform) {
    super(scope, id);
    const { lambda, logs } = new NodeFunction(this, 'ModerateChat', platform, {
      service: 'moderateChat',
      spec: moderateChatFunction,
      timeout: TIMEOUT,
    });
    new ReasonMetric(this, 'RulesUnread', 'ReviewRulesUnread', logs);
    const stack = Stack.of(this);
    // https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-properties-ivschat-room-messagereviewhandler.html
    lambda.addPermission('IvsChat', {
      principal: new ServicePrincipal('ivschat.amazonaws.com'),
      sourceAccount: stack.account,
      sourceArn: stack.formatArn({ service: 'ivschat', resource: 'room', resourceName: '*' }),
    });
    this.handlerArn = lambda.functionArn;
  }
}
