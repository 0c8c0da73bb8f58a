import { Stack, type StackProps } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import type { StageSettings } from './config/stageSettings.ts';
import { CategoryCatalogue } from './constructs/categoryCatalogue.ts';
import { Chat } from './constructs/chat.ts';
import { HttpApi } from './constructs/httpApi.ts';
import { Outputs } from './constructs/outputs.ts';
import { Recordings } from './constructs/recordings.ts';
import { Schedules } from './constructs/schedules.ts';
import { Secrets } from './constructs/secrets.ts';
import { StreamEvents } from './constructs/streamEvents.ts';
import { Tables } from './constructs/tables.ts';
import { TokenRotation } from './constructs/tokenRotation.ts';

export interface UgcStackProps extends StackProps {
  readonly settings: StageSettings;
}

/** The backend, whole. No resource has a physical name, so that stages can share an account. */
export class UgcStack extends Stack {
  constructor(scope: Construct, id: string, { settings, ...props }: UgcStackProps) {
    super(scope, id, { ...props, terminationProtection: settings.retainData });
    const tables = new Tables(this, 'Tables', settings);
    const secrets = new Secrets(this, 'Secrets');
    const recordings = new Recordings(this, 'Recordings', settings);
    const chat = new Chat(this, 'Chat', { settings, tables, secrets });
    const platform = { settings, tables, secrets, recordings, chat };
    const api = new HttpApi(this, 'HttpApi', platform);
    new StreamEvents(this, 'StreamEvents', platform);
    new Schedules(this, 'Schedules', platform);
    new TokenRotation(this, 'TokenRotation', platform);
    new CategoryCatalogue(this, 'CategoryCatalogue', platform);
    new Outputs(this, 'Outputs', { api, chat, recordings, tables });
  }
}
