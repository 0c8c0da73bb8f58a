import { Annotations, CfnOutput, Duration, Names, type SecretValue, Stack } from 'aws-cdk-lib';
import { Certificate } from 'aws-cdk-lib/aws-certificatemanager';
import {
  AllowedMethods,
  type BehaviorOptions,
  CacheCookieBehavior,
  CacheHeaderBehavior,
  CachePolicy,
  CacheQueryStringBehavior,
  Distribution,
  HttpVersion,
  OriginProtocolPolicy,
  OriginRequestCookieBehavior,
  OriginRequestHeaderBehavior,
  OriginRequestPolicy,
  OriginRequestQueryStringBehavior,
  OriginSslPolicy,
  ResponseHeadersPolicy,
  type ResponseSecurityHeadersBehavior,
  S3OriginAccessControl,
  SecurityPolicyProtocol,
  ViewerProtocolPolicy,
} from 'aws-cdk-lib/aws-cloudfront';
import { HttpOrigin, S3BucketOrigin } from 'aws-cdk-lib/aws-cloudfront-origins';
import type { IBucket } from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import { IMAGES_PREFIX } from '../../model/image.ts';
import { ORIGIN_SECRET_HEADER, VIEWER_ADDRESS_HEADER } from '../../model/originSecret.ts';
import { API_PATH, RECORDINGS_PATH } from '../../model/webApp.ts';
import type { StageSettings } from '../config/stageSettings.ts';
import type { WebDomain } from '../config/webDomain.ts';
import { suppressNag } from './nagSuppressions.ts';

export interface CdnProps {
  /** The bucket of the recordings. */
  readonly recordings: IBucket;
  /** The bucket of users' images. */
  readonly images: IBucket;
  readonly allowedOrigins: StageSettings['allowedOrigins'];
  /** How the web app is served. Without it, the CDN serves the recordings only. */
  readonly webApp?: BehaviorOptions | undefined;
  /** The domain name. Without it, CloudFront chooses one. */
  readonly domain?: WebDomain | undefined;
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

/** The CloudFront path patterns of changing objects. All other objects never change. */
const changingPaths = ['*.m3u8', '*/latest_thumbnail/*'];

/** The response headers that players read for seeking and measuring. */
const exposedHeaders = ['Content-Length', 'Content-Range', 'Date', 'ETag'];

/**
 * The request headers on which answers of the API depend. They are part of the cache key, so that CloudFront never
 * sends an answer for one caller or origin to another. CloudFront does not read `Vary`.
 */
const varyingHeaders = ['Authorization', 'Origin'];

/** The other request headers that the API reads. CloudFront adds the last one. */
const forwardedHeaders = [
  ...['Access-Control-Request-Headers', 'Access-Control-Request-Method', 'Content-Type'],
  ...['Idempotency-Key', 'Sec-Fetch-Site', 'User-Agent', 'X-Refresh-Token', VIEWER_ADDRESS_HEADER],
];

/**
 * The security headers of images, and of recordings on the address of the web app: no browser treats such a file as a
 * page or a script, whatever it contains.
 */
const notPages: ResponseSecurityHeadersBehavior = {
  contentSecurityPolicy: {
    contentSecurityPolicy: "default-src 'none'; sandbox",
    override: true,
  },
  contentTypeOptions: { override: true },
};

/**
 * The errors that CloudFront caches for ten seconds although the API says `no-store`.
 * https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/custom-error-pages-expiration.html
 */
const serverErrors = [500, 502, 503, 504];

/**
 * The CDN of the recordings, of users' images and, if there is one, of the web app and the API. Only this distribution
 * reads the buckets. Anyone who knows the path of a recording's object can watch it.
 */
export class Cdn extends Construct {
  /** The base URL (`https://…`), without a slash at the end. */
  readonly url: string;
  private readonly distribution: Distribution;

  constructor(scope: Construct, id: string, props: CdnProps) {
    super(scope, id);
    const { webApp, domain } = props;
    const { changing, written, shown } = this.fileBehaviors(props);
    const imagePath = `${IMAGES_PREFIX}*`;
    const inFolder = (folder: string) =>
      Object.fromEntries(changingPaths.map(path => [`${folder}${path}`, changing]));
    this.distribution = new Distribution(this, 'Distribution', {
      ...(webApp === undefined
        ? {
            defaultBehavior: written,
            // The images are first, because CloudFront uses the first pattern that matches.
            additionalBehaviors: { [imagePath]: shown, ...inFolder('') },
            // S3 returns 403 for a missing object when listing is not allowed. The object may appear soon, so the
            // error is cached only briefly.
            errorResponses: [{ httpStatus: 403, ttl: CHANGING }],
          }
        : {
            defaultBehavior: webApp,
            defaultRootObject: 'index.html',
            additionalBehaviors: {
              [imagePath]: shown,
              ...inFolder(RECORDINGS_PATH),
              [`${RECORDINGS_PATH}*`]: written,
            },
            // These settings apply to all paths. The API's errors must not be cached, and its bodies not replaced by
            // pages. CloudFront does not cache a 403 by itself.
            errorResponses: serverErrors.map(httpStatus => ({ httpStatus, ttl: Duration.seconds(0) })),
          }),
      httpVersion: HttpVersion.HTTP2_AND_3,
      ...(domain === undefined ? {} : this.certified(domain)),
    });
    if (webApp !== undefined)
      Annotations.of(this.distribution).acknowledgeWarning(
        '@aws-cdk/aws-cloudfront-origins:listBucketSecurityRisk',
        'The root is a page, so no path leads to the list of the files.',
      );
    this.acceptFindings(props);
    const { distributionDomainName } = this.distribution;
    this.url = `https://${domain?.name ?? distributionDomainName}`;
    if (domain !== undefined)
      new CfnOutput(this, 'CloudFront', {
        value: distributionDomainName,
        description: `The target for the DNS record of ${domain.name}`,
      });
  }

  /**
   * Serves the API, which caches as its headers say.
   *
   * @param domain The host of the API. It gets requests with its own name, because API Gateway and the load balancer
   *   answer no other.
   * @param secret Proves to the API that a request came through this CDN. CloudFormation reads the secret when it changes
   *   the distribution, and the template contains its name only.
   */
  addApi(domain: string, secret: SecretValue): void {
    const origin = new HttpOrigin(domain, {
      protocolPolicy: OriginProtocolPolicy.HTTPS_ONLY,
      originSslProtocols: [OriginSslPolicy.TLS_V1_2],
      customHeaders: { [ORIGIN_SECRET_HEADER]: secret.unsafeUnwrap() },
    });
    this.distribution.addBehavior(`${API_PATH}*`, origin, {
      // A redirect would come after the client has sent its token unencrypted.
      viewerProtocolPolicy: ViewerProtocolPolicy.HTTPS_ONLY,
      allowedMethods: AllowedMethods.ALLOW_ALL,
      // The API compresses by itself, and leaves out answers with secrets.
      compress: false,
      cachePolicy: new CachePolicy(this, 'ApiCachePolicy', {
        // An answer is cached for as long as its Cache-Control says, and not at all without it.
        minTtl: Duration.seconds(0),
        defaultTtl: Duration.seconds(0),
        maxTtl: Duration.days(1),
        headerBehavior: CacheHeaderBehavior.allowList(...varyingHeaders),
        queryStringBehavior: CacheQueryStringBehavior.all(),
        cookieBehavior: CacheCookieBehavior.none(),
        enableAcceptEncodingGzip: true,
      }),
      originRequestPolicy: new OriginRequestPolicy(this, 'ApiRequestPolicy', {
        originRequestPolicyName: this.named('Api'),
        headerBehavior: OriginRequestHeaderBehavior.allowList(...forwardedHeaders),
        queryStringBehavior: OriginRequestQueryStringBehavior.all(),
        // The API reads cookies in requests that are never cached.
        cookieBehavior: OriginRequestCookieBehavior.all(),
      }),
    });
  }

  /** Returns the settings of a domain name. TLS 1.2 can be required under a name of one's own only. */
  private certified({ name, certificateArn }: WebDomain) {
    return {
      domainNames: [name],
      certificate: Certificate.fromCertificateArn(this, 'Certificate', certificateArn),
      minimumProtocolVersion: SecurityPolicyProtocol.TLS_V1_2_2021,
    };
  }

  /** CloudFront is global: the default names would collide with the same stack in another Region. */
  private named(name: string): string {
    return `${Names.uniqueResourceName(this, { maxLength: 36 })}-${name}-${Stack.of(this).region}`;
  }

  /**
   * Returns how objects are served: those of recordings that change, those of recordings that are written once, and
   * images.
   */
  private fileBehaviors({ recordings, images, allowedOrigins, webApp }: CdnProps) {
    const originAccessControl = new S3OriginAccessControl(this, 'OriginAccess', {
      originAccessControlName: this.named('Access'),
    });
    const [origin, imagesOrigin] = [recordings, images].map(bucket =>
      S3BucketOrigin.withOriginAccessControl(bucket, { originAccessControl }),
    );
    if (origin === undefined || imagesOrigin === undefined) throw new Error('there are two buckets');
    const isAlone = webApp === undefined;
    const behavior = (
      name: string,
      kept: Duration,
      cacheControl: string,
      canBePage: boolean,
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
        responseHeadersPolicyName: this.named(name),
        corsBehavior: {
          accessControlAllowOrigins: allowedOrigins === '*' ? ['*'] : allowedOrigins,
          accessControlAllowMethods: ['GET', 'HEAD', 'OPTIONS'],
          accessControlAllowHeaders: ['*'],
          accessControlExposeHeaders: exposedHeaders,
          accessControlAllowCredentials: false,
          originOverride: true,
        },
        ...(canBePage ? {} : { securityHeadersBehavior: notPages }),
        // For the browser's cache.
        customHeadersBehavior: {
          customHeaders: [{ header: 'Cache-Control', value: cacheControl, override: true }],
        },
      }),
    });
    return {
      changing: behavior('Changing', CHANGING, `public, max-age=${CHANGING.toSeconds()}`, isAlone),
      written: behavior('Written', FOREVER, `public, max-age=${FOREVER.toSeconds()}, immutable`, isAlone),
      shown: behavior('Images', IMAGES, `public, max-age=${IMAGES.toSeconds()}`, false, imagesOrigin),
    };
  }

  private acceptFindings({ webApp, domain }: CdnProps): void {
    const hasWebApp = webApp !== undefined;
    suppressNag(
      this.distribution,
      'AwsSolutions-CFR1',
      hasWebApp ? 'The app is for viewers in all countries.' : 'Recordings are public in all countries.',
    );
    suppressNag(
      this.distribution,
      'AwsSolutions-CFR2',
      hasWebApp
        ? 'A firewall costs money every month. The API limits its callers itself, and docs/operations.md says how to ' +
            'add a firewall.'
        : 'The distribution serves public files by name, so there is no input for a firewall to inspect.',
    );
    suppressNag(
      this.distribution,
      'AwsSolutions-CFR3',
      'Access logs would store client addresses, which this project stores nowhere. The metrics contain ' +
        'the traffic.',
    );
    if (domain !== undefined) return;
    suppressNag(
      this.distribution,
      'AwsSolutions-CFR4',
      "CloudFront's default certificate does not allow another TLS policy: " +
        'https://docs.aws.amazon.com/cloudfront/latest/APIReference/API_ViewerCertificate.html',
    );
  }
}
