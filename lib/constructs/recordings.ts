import { CfnDeletionPolicy } from 'aws-cdk-lib';
import { CfnRecordingConfiguration } from 'aws-cdk-lib/aws-ivs';
import { HttpMethods, type IBucket } from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import type { RecordingSettings, StageSettings } from '../config/stageSettings.ts';
import { BucketEmptying } from './bucketEmptying.ts';
import { Cdn, type CdnProps } from './cdn.ts';
import type { Images } from './images.ts';
import { PrivateBucket } from './privateBucket.ts';

export interface RecordingsProps {
  readonly settings: StageSettings;
  /** The same CDN serves the images of users. */
  readonly images: Images;
  /** The web app, which the CDN serves too. */
  readonly webApp?: CdnProps['webApp'];
  readonly domain?: CdnProps['domain'];
}

/**
 * The recordings: their bucket, their IVS configuration and their CDN.
 *
 * IVS writes with its service-linked role, which needs no bucket policy. It cannot write to a bucket that is
 * encrypted with KMS. https://docs.aws.amazon.com/ivs/latest/LowLatencyUserGuide/record-to-s3.html
 */
export class Recordings extends Construct {
  /** The ARN of the recording configuration of new channels. */
  readonly configurationArn: string;
  readonly cdn: Cdn;
  /** The days for which the API shows a recording. Without it, recordings are kept. */
  readonly retentionDays: number | undefined;
  /** The base URL of recordings and images, without a slash at the end. A path in one of the buckets follows. */
  readonly url: string;

  constructor(scope: Construct, id: string, { settings, images, webApp, domain }: RecordingsProps) {
    super(scope, id);
    const { retainData, allowedOrigins } = settings;
    const bucket = new PrivateBucket(this, 'Bucket', {
      settings,
      retentionDays: objectDays(settings.recordings),
      // S3 answers preflight requests. All other responses get their CORS headers from CloudFront.
      cors: [
        {
          allowedMethods: [HttpMethods.GET, HttpMethods.HEAD],
          allowedOrigins: allowedOrigins === '*' ? ['*'] : allowedOrigins,
          allowedHeaders: ['*'],
        },
      ],
    });
    if (!retainData) new BucketEmptying(this, 'BucketEmptying', settings);
    this.configurationArn = recordingConfiguration(this, bucket, settings.recordings, retainData).attrArn;
    this.cdn = new Cdn(this, 'Cdn', {
      recordings: bucket,
      images: images.bucket,
      allowedOrigins,
      webApp,
      domain,
    });
    this.url = this.cdn.url;
    this.retentionDays = settings.recordings.retentionDays;
  }
}

/**
 * Returns the days for which S3 keeps an object. The API counts from the start of the last stream of a merged recording,
 * whose first objects are older. They stay two days longer, so that no recording is shown without its beginning.
 */
function objectDays({ retentionDays }: RecordingSettings): number | undefined {
  return retentionDays === undefined ? undefined : retentionDays + 2;
}

/**
 * Creates the recording configuration. IVS cannot change one, and does not delete one that a channel uses. A
 * change of the settings therefore creates another configuration for new channels, and existing channels keep
 * the old one. In `dev` the last one is deleted with the stack. If channels still use it, IVS rejects the
 * deletion, which stops before the recordings' bucket is deleted, and the error names the remaining channels.
 */
function recordingConfiguration(
  scope: Construct,
  { bucketName }: IBucket,
  { reconnectWindowSeconds, thumbnailSeconds }: RecordingSettings,
  retainData: boolean,
): CfnRecordingConfiguration {
  const configuration = new CfnRecordingConfiguration(scope, 'Configuration', {
    destinationConfiguration: { s3: { bucketName } },
    recordingReconnectWindowSeconds: reconnectWindowSeconds,
    thumbnailConfiguration: {
      recordingMode: 'INTERVAL',
      targetIntervalSeconds: thumbnailSeconds,
      // The latest thumbnail has a fixed path, for the list of live channels. Players use the numbered ones
      // for previews.
      storage: ['SEQUENTIAL', 'LATEST'],
    },
  });
  configuration.cfnOptions.updateReplacePolicy = CfnDeletionPolicy.RETAIN;
  configuration.cfnOptions.deletionPolicy = retainData ? CfnDeletionPolicy.RETAIN : CfnDeletionPolicy.DELETE;
  return configuration;
}
