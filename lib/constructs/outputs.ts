import { CfnOutput, Stack } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { outputKeys, tableOutputKey, WEB_APP_URL_KEY } from '../../model/outputs.ts';
import { tableNames } from '../../model/tables.ts';
import type { Announcements } from './announcements.ts';
import type { Chat } from './chat.ts';
import type { Recordings } from './recordings.ts';
import type { StreamEvents } from './streamEvents.ts';
import type { Tables } from './tables.ts';

export interface OutputsProps {
  /** The HTTP API, for both compute types. */
  readonly api: { readonly url: string };
  readonly chat: Chat;
  readonly recordings: Recordings;
  readonly streamEvents: StreamEvents;
  readonly announcements: Announcements;
  readonly tables: Tables;
  /** Whether the CDN of the recordings serves the web app too. */
  readonly hasWebApp: boolean;
}

/** The stack outputs by which the scripts find its resources. Their keys are in `model/outputs.ts`. */
export class Outputs extends Construct {
  constructor(
    scope: Construct,
    id: string,
    { api, chat, recordings, streamEvents, announcements, tables, hasWebApp }: OutputsProps,
  ) {
    super(scope, id);
    if (hasWebApp) this.write(WEB_APP_URL_KEY, recordings.cdn.url);
    this.write(outputKeys.apiUrl, api.url);
    this.write(outputKeys.region, Stack.of(this).region);
    this.write(outputKeys.chatEndpoint, chat.endpoint);
    this.write(outputKeys.recordingsUrl, recordings.url);
    this.write(outputKeys.recordingConfiguration, recordings.configurationArn);
    this.write(outputKeys.eventDeadLetters, streamEvents.deadLetters.queueUrl);
    this.write(outputKeys.chatDeadLetters, chat.log.deadLetters.queueUrl);
    this.write(outputKeys.announcementDeadLetters, announcements.deadLetters.queueUrl);
    for (const name of tableNames) this.write(tableOutputKey(name), tables.nameOf(name));
  }

  private write(key: string, value: string): void {
    // By default CDK adds the path of this construct to the key.
    new CfnOutput(this, key, { value }).overrideLogicalId(key);
  }
}
