import { Stack } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { chatUrl } from '../../model/ivsHosts.ts';
import { ChatLog } from './chatLog.ts';
import { ChatReview } from './chatReview.ts';
import type { Platform } from './platform.ts';

/**
 * The resources that all chat rooms share: the review function and the log that messages are archived from.
 */
export class Chat extends Construct {
  readonly review: ChatReview;
  readonly log: ChatLog;
  /** The WebSocket URL that clients connect to. */
  readonly endpoint: string;

  constructor(scope: Construct, id: string, platform: Platform) {
    super(scope, id);
    const { region, urlSuffix } = Stack.of(this);
    this.review = new ChatReview(this, 'Review', platform);
    this.log = new ChatLog(this, 'Log', platform);
    this.endpoint = chatUrl(region, urlSuffix);
  }
}
