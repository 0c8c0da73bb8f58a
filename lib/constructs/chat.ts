import { Stack } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { chatUrl } from '../../model/ivsHosts.ts';
import { ChatLog } from './chatLog.ts';
import { ChatReview } from './chatReview.ts';
import type { Platform } from './platform.ts';

/** What every chat room needs: the review of its messages, and the log that they are archived from. */
export class Chat extends Construct {
  readonly review: ChatReview;
  readonly log: ChatLog;
  /** Where clients connect. */
  readonly endpoint: string;

  constructor(scope: Construct, id: string, platform: Platform) {
    super(scope, id);
    const { region, urlSuffix } = Stack.of(this);
    this.review = new ChatReview(this, 'Review', platform);
    this.log = new ChatLog(this, 'Log', platform);
    this.endpoint = chatUrl(region, urlSuffix);
  }
}
