import { Fn, Stack, type StackProps } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import type { Compute } from './config/compute.ts';
import type { StageSettings } from './config/stageSettings.ts';
import type { WebDomain } from './config/webDomain.ts';
import { Alarms } from './constructs/alarms.ts';
import { Announcements } from './constructs/announcements.ts';
import { CategoryCatalogue } from './constructs/categoryCatalogue.ts';
import { Chat } from './constructs/chat.ts';
import { ContainerService } from './constructs/containerService.ts';
import { Dashboard } from './constructs/dashboard.ts';
import { HttpApi } from './constructs/httpApi.ts';
import { Images } from './constructs/images.ts';
import { warnOfOpenOrigins } from './constructs/openOrigins.ts';
import { Outputs } from './constructs/outputs.ts';
import { Recordings } from './constructs/recordings.ts';
import { Schedules } from './constructs/schedules.ts';
import { Secrets } from './constructs/secrets.ts';
import { StreamEvents } from './constructs/streamEvents.ts';
import { Tables } from './constructs/tables.ts';
import { TokenRotation } from './constructs/tokenRotation.ts';
import { WebApp } from './constructs/webApp.ts';

export interface UgcStackProps extends StackProps {
  readonly settings: StageSettings;
  readonly compute: Compute;
  /** The email address that receives alarms. */
  readonly alarmsEmail?: string;
  /** The version of the secret that CloudFront sends to the API. Default: the current one. */
  readonly originSecretVersion?: string;
  /** The domain name of CloudFront. Without it, CloudFront chooses one. */
  readonly webDomain?: WebDomain;
}

/** The whole back end. No resource has a physical name, so that several stages can share an account. */
export class UgcStack extends Stack {
  constructor(scope: Construct, id: string, props: UgcStackProps) {
    const { settings, compute, alarmsEmail, originSecretVersion, webDomain, ...stack } = props;
    super(scope, id, stack);
    warnOfOpenOrigins(this, settings);
    const tables = new Tables(this, 'Tables', settings);
    const secrets = new Secrets(this, 'Secrets', settings);
    const images = new Images(this, 'Images', settings);
    const webApp = settings.webApp
      ? new WebApp(this, 'WebApp', { settings, uploads: images.bucket })
      : undefined;
    const recordings = new Recordings(this, 'Recordings', {
      settings,
      images,
      webApp: webApp?.behavior,
      domain: webDomain,
    });
    const chat = new Chat(this, 'Chat', { settings, tables, secrets });
    const platform = { settings, tables, secrets, recordings, images, chat };
    const api =
      compute.kind === 'fargate'
        ? new ContainerService(this, 'ContainerService', platform, compute)
        : new HttpApi(this, 'HttpApi', platform);
    const originSecret = secrets.originSecret(originSecretVersion);
    if (originSecret !== undefined) recordings.cdn.addApi(api.domain, originSecret);
    webApp?.publish(api);
    const streamEvents = new StreamEvents(this, 'StreamEvents', platform);
    const announcements = new Announcements(this, 'Announcements', platform);
    new Schedules(this, 'Schedules', platform);
    new TokenRotation(this, 'TokenRotation', platform);
    new CategoryCatalogue(this, 'CategoryCatalogue', platform);
    const watched = { api, streamEvents, chat, announcements, tables };
    const alarms = new Alarms(this, 'Alarms', { ...watched, email: alarmsEmail });
    new Dashboard(this, 'Dashboard', { ...watched, alarms });
    new Outputs(this, 'Outputs', { ...watched, recordings, hasWebApp: settings.webApp });
  }

  /**
   * CloudFormation chooses the zones at deployment. CDK would query the account during synthesis. Two zones
   * are enough for the container.
   */
  override get availabilityZones(): string[] {
    return [0, 1].map(index => Fn.select(index, Fn.getAzs()));
  }
}
