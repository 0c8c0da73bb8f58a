import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import {
  BlockPublicAccess,
  Bucket,
  BucketEncryption,
  HttpMethods,
  type IBucket,
  ObjectOwnership,
} from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import { IMAGES_BUCKET_VARIABLE } from '../../model/functionEnvironment.ts';
import type { FunctionSpec } from '../../model/functions.ts';
import { IMAGES_PREFIX, UPLOADS_PREFIX } from '../../model/image.ts';
import type { StageSettings } from '../config/stageSettings.ts';
import { suppressNag, suppressNagWildcard } from './nagSuppressions.ts';
import type { Grantee } from './tables.ts';

const prefixes = { uploads: UPLOADS_PREFIX, images: IMAGES_PREFIX } as const;

/**
 * The bucket of users' avatars and banners. Browsers upload below `uploads/` with signed forms. Only checked images are
 * below `images/`, which CloudFront serves.
 */
export class Images extends Construct {
  readonly bucket: IBucket;

  constructor(scope: Construct, id: string, { retainData, allowedOrigins, webApp }: StageSettings) {
    super(scope, id);
    const bucket = new ImagesBucket(this, 'Bucket', {
      encryption: BucketEncryption.S3_MANAGED,
      blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
      objectOwnership: ObjectOwnership.BUCKET_OWNER_ENFORCED,
      enforceSSL: true,
      minimumTLSVersion: 1.2,
      cors: [
        {
          allowedMethods: [HttpMethods.POST],
          // CloudFront knows the bucket, so the bucket cannot know the address of the web app at CloudFront. The
          // signature of a form decides who may upload, not the origin.
          allowedOrigins: allowedOrigins === '*' || webApp ? ['*'] : allowedOrigins,
          allowedHeaders: ['*'],
        },
      ],
      // Uploads that nobody confirmed.
      lifecycleRules: [{ prefix: UPLOADS_PREFIX, expiration: Duration.days(1) }],
      removalPolicy: retainData ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY,
      autoDeleteObjects: !retainData,
    });
    suppressNag(
      bucket,
      'AwsSolutions-S1',
      'Only CloudFront and the functions read the bucket. A log would store the addresses of users who upload.',
    );
    this.bucket = bucket;
  }

  /** Grants exactly the actions on each prefix, and sets the environment variable. */
  grant(scope: Construct, images: NonNullable<FunctionSpec['images']>, to: Grantee): void {
    for (const [prefix, actions] of Object.entries(images)) {
      const objects = this.bucket.arnForObjects(`${prefixes[prefix as keyof typeof prefixes]}*`);
      suppressNagWildcard(scope, objects, 'Users create the objects below this prefix at run time.');
      to.addToRolePolicy(
        new PolicyStatement({ actions: actions.map(action => `s3:${action}`), resources: [objects] }),
      );
    }
    to.addEnvironment(IMAGES_BUCKET_VARIABLE, this.bucket.bucketName);
  }
}

/**
 * `IBucket` requires a boolean, and `Bucket` may leave it undefined. Under this project's compiler options
 * the types differ.
 */
class ImagesBucket extends Bucket {
  override get isWebsite(): boolean {
    return false;
  }
}
