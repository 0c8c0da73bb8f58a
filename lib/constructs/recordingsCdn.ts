import { Duration, Names, Stack } from 'aws-cdk-lib';
import {
  AllowedMethods,
  type BehaviorOptions,
  CachePolicy,
  Distribution,
  HttpVersion,
  OriginRequestPolicy,
  ResponseHeadersPolicy,
  S3OriginAccessControl,
  ViewerProtocolPolicy,
} from 'aws-cdk-lib/aws-cloudfront';
import { S3BucketOrigin } from 'aws-cdk-lib/aws-cloudfront-origins';
import type { IBucket } from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import type { StageSettings } from '../config/stageSettings.ts';
import { suppressNag } from './nagSuppressions.ts';

export interface RecordingsCdnProps {
  readonly bucket: IBucket;
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

  constructor(scope: Construct, id: string, { bucket, allowedOrigins }: RecordingsCdnProps) {
    super(scope, id);
    // CloudFront is global: the default names would collide with the same stack in another Region.
    const named = (name: string) =>
      `${Names.uniqueResourceName(this, { maxLength: 36 })}-${name}-${Stack.of(this).region}`;
    const origin = S3BucketOrigin.withOriginAccessControl(bucket, {
      originAccessControl: new S3OriginAccessControl(this, 'OriginAccess', {
        originAccessControlName: named('Access'),
      }),
    });
    const behavior = (name: string, kept: Duration, cacheControl: string): BehaviorOptions => ({
      origin,
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
    const distribution = new Distribution(this, 'Distribution', {
      defaultBehavior: written,
      additionalBehaviors: Object.fromEntries(changingPaths.map(path => [path, changing])),
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
