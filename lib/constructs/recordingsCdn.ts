import { Duration, Names, Stack } from 'aws-cdk-lib';
import {
  AllowedMethods,
  type BehaviorOptions,
  CachePolicy,
  Distribution,
  HttpVersion,
  OriginRequestPolicy,
  ResponseHeadersPolicy,
  type ResponseHeadersPolicyProps,
  S3OriginAccessControl,
  ViewerProtocolPolicy,
} from 'aws-cdk-lib/aws-cloudfront';
import { S3BucketOrigin } from 'aws-cdk-lib/aws-cloudfront-origins';
import type { IBucket } from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import { IMAGES_PREFIX } from '../../model/image.ts';
import type { StageSettings } from '../config/stageSettings.ts';
import { suppressNag } from './nagSuppressions.ts';

export interface RecordingsCdnProps {
  readonly bucket: IBucket;
  /** The bucket of users' images. */
  readonly images: IBucket;
  readonly allowedOrigins: StageSettings['allowedOrigins'];
}

/**
 * The cache time of objects that change during a recording: playlists and the latest thumbnail. It is shorter
 * than a segment, so that a player never waits for an outdated playlist. It is long enough that each edge
 * location sends S3 one request in two seconds, however many viewers there are.
 */
const CHANGING = Duration.seconds(2);

/** The cache time of objects that never change: segments and numbered thumbnails. */
const FOREVER = Duration.days(365);

/** The cache time of users' images. A new image has a new path. A deleted one is gone after this time at the latest. */
const IMAGES = Duration.days(1);

/** A browser shows an image as nothing but an image, also when somebody opens it as a page. */
const imagesAreNoPages: NonNullable<ResponseHeadersPolicyProps['securityHeadersBehavior']> = {
  contentTypeOptions: { override: true },
  contentSecurityPolicy: { contentSecurityPolicy: "default-src 'none'; sandbox", override: true },
};

/** The CloudFront path patterns of changing objects. All other objects never change. */
const changingPaths = ['*.m3u8', '*/latest_thumbnail/*'];

/** The response headers that players read for seeking and measuring. */
const exposedHeaders = ['Content-Length', 'Content-Range', 'Date', 'ETag'];

/**
 * The CDN of the recordings. Only this distribution reads the bucket, and only by object name: objects cannot
 * be listed. Anyone who knows an object's path can watch it.
 */
export class RecordingsCdn extends Construct {
  /** The base URL (`https://…`), without a slash at the end. */
  readonly url: string;

  constructor(scope: Construct, id: string, { bucket, images, allowedOrigins }: RecordingsCdnProps) {
    super(scope, id);
    // CloudFront is global: the default names would collide with the same stack in another Region.
    const named = (name: string) =>
      `${Names.uniqueResourceName(this, { maxLength: 36 })}-${name}-${Stack.of(this).region}`;
    const originAccessControl = new S3OriginAccessControl(this, 'OriginAccess', {
      originAccessControlName: named('Access'),
    });
    const [origin, imagesOrigin] = [bucket, images].map(from =>
      S3BucketOrigin.withOriginAccessControl(from, { originAccessControl }),
    );
    if (origin === undefined || imagesOrigin === undefined) throw new Error('there are two buckets');
    const behavior = (
      name: string,
      kept: Duration,
      cacheControl: string,
      more: Pick<ResponseHeadersPolicyProps, 'securityHeadersBehavior'> = {},
      from = origin,
    ): BehaviorOptions => ({
      origin: from,
      viewerProtocolPolicy: ViewerProtocolPolicy.HTTPS_ONLY,
      allowedMethods: AllowedMethods.ALLOW_GET_HEAD_OPTIONS,
      originRequestPolicy: OriginRequestPolicy.CORS_S3_ORIGIN,
      compress: true,
      // The minimum and maximum are equal, because it is not documented which cache headers IVS sets on its
      // objects.
      cachePolicy: new CachePolicy(this, `${name}CachePolicy`, {
        minTtl: kept,
        defaultTtl: kept,
        maxTtl: kept,
        enableAcceptEncodingGzip: true,
        enableAcceptEncodingBrotli: true,
      }),
      responseHeadersPolicy: new ResponseHeadersPolicy(this, `${name}HeadersPolicy`, {
        ...more,
        responseHeadersPolicyName: named(name),
        corsBehavior: {
          accessControlAllowOrigins: allowedOrigins === '*' ? ['*'] : allowedOrigins,
          accessControlAllowMethods: ['GET', 'HEAD', 'OPTIONS'],
          accessControlAllowHeaders: ['*'],
          accessControlExposeHeaders: exposedHeaders,
          accessControlAllowCredentials: false,
          originOverride: true,
        },
        // For the browser's cache.
        customHeadersBehavior: {
          customHeaders: [{ header: 'Cache-Control', value: cacheControl, override: true }],
        },
      }),
    });
    const changing = behavior('Changing', CHANGING, `public, max-age=${CHANGING.toSeconds()}`);
    const written = behavior('Written', FOREVER, `public, max-age=${FOREVER.toSeconds()}, immutable`);
    const shown = behavior(
      'Images',
      IMAGES,
      `public, max-age=${IMAGES.toSeconds()}`,
      { securityHeadersBehavior: imagesAreNoPages },
      imagesOrigin,
    );
    const distribution = new Distribution(this, 'Distribution', {
      defaultBehavior: written,
      additionalBehaviors: {
        // First, because CloudFront uses the first pattern that matches.
        [`${IMAGES_PREFIX}*`]: shown,
        ...Object.fromEntries(changingPaths.map(path => [path, changing])),
      },
      // S3 returns 403 for a missing object when listing is not allowed. The object may appear soon, so the
      // error is cached only briefly.
      errorResponses: [{ httpStatus: 403, ttl: CHANGING }],
      httpVersion: HttpVersion.HTTP2_AND_3,
    });
    acceptFindings(distribution);
    this.url = `https://${distribution.distributionDomainName}`;
  }
}

function acceptFindings(distribution: Distribution): void {
  suppressNag(distribution, 'AwsSolutions-CFR1', 'Recordings are public in all countries.');
  suppressNag(
    distribution,
    'AwsSolutions-CFR2',
    'The distribution serves public files by name, so there is no input for a firewall to inspect.',
  );
  suppressNag(
    distribution,
    'AwsSolutions-CFR3',
    'Access logs would store client addresses, which this project stores nowhere. The metrics contain ' +
      'the traffic.',
  );
  suppressNag(
    distribution,
    'AwsSolutions-CFR4',
    "CloudFront's default certificate does not allow another TLS policy: " +
      'https://docs.aws.amazon.com/cloudfront/latest/APIReference/API_ViewerCertificate.html',
  );
}
