import { Duration, Stack } from 'aws-cdk-lib';
import { ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import { moderateChatFunction } from '../../model/functions.ts';
import { NodeFunction, type Platform } from './nodeFunction.ts';

/** The least that Lambda knows. IVS has gone on without the answer after 200 ms. */
const TIMEOUT = Duration.seconds(1);

/**
 * One whole processor: a review is all computation, and a cold start in particular, and both have to be over in the
 * 200 ms that IVS waits. A review of 5 ms then costs 12 cents a million, beside the 20 cents of the call itself.
 * https://docs.aws.amazon.com/lambda/latest/dg/configuration-memory.html
 */
const MEMORY_MB = 1769;

/** The function that IVS Chat has review every message before it is sent. */
export class ChatReview extends Construct {
  /** What every new room is given as its review handler. */
  readonly handlerArn: string;

  constructor(scope: Construct, id: string, platform: Platform) {
    super(scope, id);
    const { lambda } = new NodeFunction(this, 'ModerateChat', platform, {
      service: 'moderateChat',
      spec: moderateChatFunction,
      timeout: TIMEOUT,
      memoryMb: MEMORY_MB,
    });
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
