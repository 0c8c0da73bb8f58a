import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import {
  BlockPublicAccess,
  Bucket,
  BucketEncryption,
  type CorsRule,
  ObjectOwnership,
} from 'aws-cdk-lib/aws-s3';
import type { Construct } from 'constructs';
import type { StageSettings } from '../config/stageSettings.ts';
import { suppressNag } from './nagSuppressions.ts';

export interface PrivateBucketProps {
  readonly settings: Pick<StageSettings, 'retainData'>;
  readonly cors?: CorsRule[];
  /** The days after which S3 deletes an object. Without it, objects are kept. */
  readonly retentionDays?: number | undefined;
}

/** A bucket that only this stack's resources reach. Viewers get its objects from CloudFront. */
export class PrivateBucket extends Bucket {
  constructor(
    scope: Construct,
    id: string,
    { settings: { retainData }, cors, retentionDays }: PrivateBucketProps,
  ) {
    super(scope, id, {
      encryption: BucketEncryption.S3_MANAGED,
      blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
      objectOwnership: ObjectOwnership.BUCKET_OWNER_ENFORCED,
      enforceSSL: true,
      minimumTLSVersion: 1.2,
      ...(cors === undefined ? {} : { cors }),
      // Parts of unfinished uploads are charged, but not listed.
      lifecycleRules: [
        { abortIncompleteMultipartUploadAfter: Duration.days(1) },
        ...(retentionDays === undefined ? [] : [{ expiration: Duration.days(retentionDays) }]),
      ],
      removalPolicy: retainData ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY,
      autoDeleteObjects: !retainData,
    });
    suppressNag(
      this,
      'AwsSolutions-S1',
      'Only CloudFront reads the bucket. A log would only show cache requests, and cost as much as the ' +
        'requests.',
    );
  }

  /**
   * `IBucket` requires a boolean, and `Bucket` may leave it undefined. Under this project's compiler options
   * the types differ.
   */
  override get isWebsite(): boolean {
    return false;
  }
}
