import { Duration, Names, Stack } from 'aws-cdk-lib';
import {
  AccessLevel,
  AllowedMethods,
  type BehaviorOptions,
  CachePolicy,
  Function as CloudFrontFunction,
  FunctionCode,
  FunctionEventType,
  FunctionRuntime,
  HeadersFrameOption,
  HeadersReferrerPolicy,
  ResponseHeadersPolicy,
  S3OriginAccessControl,
  ViewerProtocolPolicy,
} from 'aws-cdk-lib/aws-cloudfront';
import { S3BucketOrigin } from 'aws-cdk-lib/aws-cloudfront-origins';
import type { IBucket } from 'aws-cdk-lib/aws-s3';
import { Construct, type IConstruct } from 'constructs';
import { chatUrl, videoHosts } from '../../model/ivsHosts.ts';
import { pagePath, webAppHeaders } from '../../model/webApp.ts';
import type { StageSettings } from '../config/stageSettings.ts';
import { PrivateBucket } from './privateBucket.ts';
import { WebAppFiles } from './webAppFiles.ts';

/** The cache time of files whose Cache-Control is missing. The deployment sets one on each file. */
const WITHOUT_HEADER = Duration.minutes(1);

/** How long browsers refuse to open the app without TLS after a visit. */
const STRICT_TRANSPORT = Duration.days(365);

export interface WebAppProps {
  readonly settings: StageSettings;
  /** The bucket to which browsers upload images. */
  readonly uploads: IBucket;
}

/** The web app: the bucket with its files, and how the CDN serves them. */
export class WebApp extends Construct {
  /** The behavior of every path of the CDN that belongs to nothing else. */
  readonly behavior: BehaviorOptions;
  private readonly bucket: PrivateBucket;

  private readonly settings: StageSettings;

  constructor(scope: Construct, id: string, { settings, uploads }: WebAppProps) {
    super(scope, id);
    this.settings = settings;
    this.bucket = new PrivateBucket(this, 'Bucket', { settings });
    this.behavior = {
      origin: S3BucketOrigin.withOriginAccessControl(this.bucket, {
        originAccessControl: new S3OriginAccessControl(this, 'OriginAccess', {
          originAccessControlName: this.named('Access'),
        }),
        // Without the permission to list, S3 answers 403 for a missing file. No path leads to the list: `/` is a page.
        originAccessLevels: [AccessLevel.READ, AccessLevel.LIST],
      }),
      viewerProtocolPolicy: ViewerProtocolPolicy.REDIRECT_TO_HTTPS,
      allowedMethods: AllowedMethods.ALLOW_GET_HEAD,
      compress: true,
      cachePolicy: new CachePolicy(this, 'CachePolicy', {
        minTtl: Duration.seconds(0),
        defaultTtl: WITHOUT_HEADER,
        maxTtl: Duration.days(365),
        enableAcceptEncodingGzip: true,
        enableAcceptEncodingBrotli: true,
      }),
      responseHeadersPolicy: this.headers(uploads),
      functionAssociations: [{ function: this.pages(), eventType: FunctionEventType.VIEWER_REQUEST }],
    };
  }

  /** Uploads the files in each deployment that changes them, after the API that they use. */
  publish(api: IConstruct): void {
    new WebAppFiles(this, 'Files', { bucket: this.bucket, settings: this.settings, api });
  }

  private named(name: string): string {
    return `${Names.uniqueResourceName(this, { maxLength: 36 })}-${name}-${Stack.of(this).region}`;
  }

  /**
   * The function that answers the address of any page with `index.html`. A custom error page would do that too, but
   * also replace the API's 404 responses.
   */
  private pages(): CloudFrontFunction {
    return new CloudFrontFunction(this, 'Pages', {
      functionName: this.named('Pages'),
      runtime: FunctionRuntime.JS_2_0,
      comment: 'Serves index.html at the address of each page',
      code: FunctionCode.fromInline(pagesCode),
    });
  }

  private headers(uploads: IBucket): ResponseHeadersPolicy {
    const { region, urlSuffix } = Stack.of(this);
    const hosts = videoHosts.map(host => `https://${host}`);
    const headers = webAppHeaders({
      connect: [
        chatUrl(region, urlSuffix),
        ...videoHosts.map(host => `wss://${host}`),
        `https://${uploads.bucketRegionalDomainName}`,
      ],
      media: hosts,
    });
    return new ResponseHeadersPolicy(this, 'HeadersPolicy', {
      responseHeadersPolicyName: this.named('Headers'),
      // CloudFront has a setting of its own for each of these headers. A test compares them with `webAppHeaders`.
      securityHeadersBehavior: {
        contentSecurityPolicy: {
          contentSecurityPolicy: headers['Content-Security-Policy'],
          override: true,
        },
        contentTypeOptions: { override: true },
        frameOptions: { frameOption: HeadersFrameOption.DENY, override: true },
        referrerPolicy: {
          referrerPolicy: HeadersReferrerPolicy.STRICT_ORIGIN_WHEN_CROSS_ORIGIN,
          override: true,
        },
        strictTransportSecurity: {
          accessControlMaxAge: STRICT_TRANSPORT,
          includeSubdomains: false,
          override: true,
        },
      },
      customHeadersBehavior: {
        customHeaders: [
          { header: 'Permissions-Policy', value: headers['Permissions-Policy'], override: true },
        ],
      },
    });
  }
}

const pagesCode = `
function handler(event) {
  const request = event.request;
  if (${pagePath}.test(request.uri)) request.uri = '/index.html';
  return request;
}
`;
