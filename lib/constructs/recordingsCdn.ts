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
import { accept } from './accept.ts';

export interface RecordingsCdnProps {
  readonly bucket: IBucket;
  readonly allowedOrigins: StageSettings['allowedOrigins'];
}

/**
 * Of what is written again and again while a broadcast is recorded: playlists, and the latest thumbnail. Shorter than
 * a segment, so that a player never waits for a playlist that is older than what it has; and long enough that a
 * hundred thousand viewers are one request in two seconds to S3 from each edge.
 */
const CHANGING = Duration.seconds(2);

/** Of what is written once, under a name that is not used again: segments, and the numbered thumbnails. */
const FOREVER = Duration.days(365);

/** What changes, as CloudFront matches paths. Everything else is written once. */
const changingPaths = ['*.m3u8', '*/latest_thumbnail/*'];

/** What players read to seek and to measure. */
const exposedHeaders = ['Content-Length', 'Content-Range', 'Date', 'ETag'];

/**
 * The recordings' bucket, on the web. Only this distribution reads the bucket, objects by their names: nothing lists
 * them. Who knows an object's path can watch it.
 */
export class RecordingsCdn extends Construct {
  /** `https://…`, with no slash at the end. */
  readonly url: string;

  constructor(scope: Construct, id: string, { bucket, allowedOrigins }: RecordingsCdnProps) {
    super(scope, id);
    // CloudFront is one for all Regions: names of CDK's would be the same for this stack in another Region.
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
      // One span and not a range: what headers IVS gives the objects it writes is documented nowhere.
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
        // For the viewer's own cache.
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
      // S3 says so of what is not there (yet) to who may not list: a player asks again, and is to find it then.
      errorResponses: [{ httpStatus: 403, ttl: CHANGING }],
      httpVersion: HttpVersion.HTTP2_AND_3,
    });
    acceptFindings(distribution);
    this.url = `https://${distribution.distributionDomainName}`;
  }
}

function acceptFindings(distribution: Distribution): void {
  accept(distribution, 'AwsSolutions-CFR1', 'Broadcasts are for viewers anywhere.');
  accept(
    distribution,
    'AwsSolutions-CFR2',
    'It serves files by their names, from its caches, to anybody: there is no input for a firewall to inspect.',
  );
  accept(
    distribution,
    'AwsSolutions-CFR3',
    'Who watched what from which address is kept nowhere; how much is watched is in the metrics.',
  );
  accept(
    distribution,
    'AwsSolutions-CFR4',
    "With CloudFront's own certificate nobody can choose: https://docs.aws.amazon.com/cloudfront/latest/APIReference/API_ViewerCertificate.html",
  );
}
