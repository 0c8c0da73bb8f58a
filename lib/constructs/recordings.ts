import { CfnDeletionPolicy, Duration, RemovalPolicy } from 'aws-cdk-lib';
import { CfnRecordingConfiguration } from 'aws-cdk-lib/aws-ivs';
import {
  BlockPublicAccess,
  Bucket,
  BucketEncryption,
  HttpMethods,
  type IBucket,
  ObjectOwnership,
} from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import type { RecordingSettings, StageSettings } from '../config/stageSettings.ts';
import { accept } from './accept.ts';
import { BucketEmptying } from './bucketEmptying.ts';
import { RecordingsCdn } from './recordingsCdn.ts';

/**
 * Where broadcasts are recorded, how, and where the recordings are watched.
 *
 * IVS writes them with its service-linked role, which needs nothing from the bucket's policy. It cannot write to a
 * bucket that is encrypted with KMS. https://docs.aws.amazon.com/ivs/latest/LowLatencyUserGuide/record-to-s3.html
 */
export class Recordings extends Construct {
  /** What every new channel is given. */
  readonly configurationArn: string;
  /** Where recordings are served, with no slash at the end: a recording's path in the bucket follows. */
  readonly url: string;

  constructor(scope: Construct, id: string, settings: StageSettings) {
    super(scope, id);
    const { retainData, allowedOrigins } = settings;
    const bucket = new RecordingsBucket(this, 'Bucket', {
      encryption: BucketEncryption.S3_MANAGED,
      blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
      objectOwnership: ObjectOwnership.BUCKET_OWNER_ENFORCED,
      enforceSSL: true,
      minimumTLSVersion: 1.2,
      // For preflight requests, which S3 answers; all other answers get their CORS headers from CloudFront.
      cors: [
        {
          allowedMethods: [HttpMethods.GET, HttpMethods.HEAD],
          allowedOrigins: allowedOrigins === '*' ? ['*'] : allowedOrigins,
          allowedHeaders: ['*'],
        },
      ],
      // Parts of an upload that was never finished are paid for, and shown in no list.
      lifecycleRules: [{ abortIncompleteMultipartUploadAfter: Duration.days(1) }],
      removalPolicy: retainData ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY,
      autoDeleteObjects: !retainData,
    });
    accept(
      bucket,
      'AwsSolutions-S1',
      'Only CloudFront reads it: the log would say which of its caches asked, and cost as much as the answers.',
    );
    if (!retainData) new BucketEmptying(this, 'BucketEmptying', settings);
    this.configurationArn = recordingConfiguration(this, bucket, settings.recordings, retainData).attrArn;
    this.url = new RecordingsCdn(this, 'Cdn', { bucket, allowedOrigins }).url;
  }
}

/** `IBucket` wants a yes or a no, and `Bucket` may leave it open: under this project's compiler options that differs. */
class RecordingsBucket extends Bucket {
  override get isWebsite(): boolean {
    return false;
  }
}

/**
 * IVS cannot change a recording configuration, and deletes none that a channel has. So a change of the settings makes
 * another, for channels made from then on, and leaves the one before to the channels that have it. In `dev` the last
 * one goes with the stack, and when channels are left, IVS refuses: that stops the deletion before their recordings'
 * bucket is gone, and says what is left.
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
      // The latest, always at the same place, for the cards of live channels; the others for players' previews.
      storage: ['SEQUENTIAL', 'LATEST'],
    },
  });
  configuration.cfnOptions.updateReplacePolicy = CfnDeletionPolicy.RETAIN;
  configuration.cfnOptions.deletionPolicy = retainData ? CfnDeletionPolicy.RETAIN : CfnDeletionPolicy.DELETE;
  return configuration;
}
