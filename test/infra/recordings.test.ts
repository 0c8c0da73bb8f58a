import { describe, expect, test } from '@jest/globals';
import { z } from 'zod';
import { BUCKET_EMPTYING } from './support/functions.ts';
import { resolve } from './support/resolve.ts';
import { type CfnTemplate, getAtt, onlyResource, onlyResourceIn, resourcesOf } from './support/template.ts';
import { templateOf } from './support/templateOf.ts';

const dev = templateOf();
const prod = templateOf('prod');

const BUCKET = 'AWS::S3::Bucket';
const CONFIGURATION = 'AWS::IVS::RecordingConfiguration';
const EMPTYING = 'Custom::S3AutoDeleteObjects';

const bucketOf = (template: CfnTemplate) => onlyResourceIn(template, 'RecordingsBucket', BUCKET);
const bucket = bucketOf(dev);
const configuration = onlyResource(dev, CONFIGURATION);
const bucketPolicy = (template: CfnTemplate) =>
  z
    .object({ PolicyDocument: z.object({ Statement: z.array(z.record(z.string(), z.unknown())) }) })
    .parse(
      resolve(template, onlyResourceIn(template, 'RecordingsBucket', 'AWS::S3::BucketPolicy').Properties),
    ).PolicyDocument.Statement;

describe("the recordings' bucket", () => {
  test("is private and encrypted with S3's own keys, because IVS cannot write to a bucket with a KMS key", () => {
    expect(bucket.Properties).toMatchObject({
      PublicAccessBlockConfiguration: {
        BlockPublicAcls: true,
        BlockPublicPolicy: true,
        IgnorePublicAcls: true,
        RestrictPublicBuckets: true,
      },
      OwnershipControls: { Rules: [{ ObjectOwnership: 'BucketOwnerEnforced' }] },
      BucketEncryption: {
        ServerSideEncryptionConfiguration: [{ ServerSideEncryptionByDefault: { SSEAlgorithm: 'AES256' } }],
      },
    });
    const buckets = [dev, prod].flatMap(template => resourcesOf(template, 'AWS::S3::Bucket'));
    expect(JSON.stringify(buckets)).not.toMatch(/aws:kms/i);
  });

  test('can be read by the distribution only, object by object, and over TLS only', () => {
    const [denied, allowed] = ['Deny', 'Allow'].map(effect =>
      bucketPolicy(prod).filter(({ Effect }) => Effect === effect),
    );
    expect(denied?.map(({ Condition }) => Condition)).toEqual([
      { Bool: { 'aws:SecureTransport': 'false' } },
      { NumericLessThan: { 's3:TlsVersion': 1.2 } },
    ]);
    const { logicalId } = onlyResource(prod, 'AWS::CloudFront::Distribution');
    expect(allowed).toEqual([
      {
        Effect: 'Allow',
        Principal: { Service: 'cloudfront.amazonaws.com' },
        Action: 's3:GetObject',
        Resource: expect.stringMatching(/\/\*$/),
        Condition: {
          StringEquals: { 'AWS:SourceArn': `arn:aws:cloudfront::123456789012:distribution/${logicalId}` },
        },
      },
    ]);
  });

  test('keeps objects two days longer than the functions of the API show recordings', () => {
    const rules = (template: CfnTemplate) => bucketOf(template).Properties['LifecycleConfiguration'];
    const unfinished = { AbortIncompleteMultipartUpload: { DaysAfterInitiation: 1 }, Status: 'Enabled' };
    expect(rules(dev)).toEqual({ Rules: [unfinished] });
    const extras = templateOf('extras');
    expect(rules(extras)).toEqual({ Rules: [unfinished, { ExpirationInDays: 402, Status: 'Enabled' }] });
    const functions = resourcesOf(extras, 'AWS::Lambda::Function').map(({ Properties }) =>
      JSON.stringify(Properties['Environment'] ?? {}),
    );
    const showing = functions.filter(environment => environment.includes('"RECORDINGS_URL"'));
    expect(showing.length).toBeGreaterThan(0);
    for (const environment of showing) expect(environment).toContain('"RECORDING_RETENTION_DAYS":"400"');
  });

  test('is retained with the prod stack, and emptied and deleted with the dev stack', () => {
    const policies = (template: CfnTemplate) => {
      const { DeletionPolicy, UpdateReplacePolicy } = bucketOf(template);
      const emptied = resourcesOf(template, EMPTYING).filter(({ logicalId }) =>
        logicalId.startsWith('RecordingsBucket'),
      );
      return [DeletionPolicy, UpdateReplacePolicy, emptied.length];
    };
    expect(policies(prod)).toEqual(['Retain', 'Retain', 0]);
    expect(policies(dev)).toEqual(['Delete', 'Delete', 1]);
    expect(onlyResourceIn(dev, 'RecordingsBucket', EMPTYING).Properties['BucketName']).toEqual({
      Ref: bucket.logicalId,
    });
  });

  test('is emptied by a function that logs to a log group of the stack only', () => {
    const provider = Object.entries(dev.Resources).filter(([id]) => id.startsWith(BUCKET_EMPTYING));
    const [role, handler] = ['AWS::IAM::Role', 'AWS::Lambda::Function'].map(type =>
      provider.find(([, { Type }]) => Type === type),
    );
    const policy = resourcesOf(dev, 'AWS::IAM::Policy').find(({ Properties }) =>
      JSON.stringify(Properties['Roles']).includes(role?.[0] ?? 'no role'),
    );
    const logs = resourcesOf(dev, 'AWS::Logs::LogGroup').find(({ logicalId }) =>
      logicalId.startsWith('RecordingsBucketEmptying'),
    );
    expect(handler?.[1].Properties['LoggingConfig']).toMatchObject({ LogGroup: { Ref: logs?.logicalId } });
    expect(policy?.Properties['PolicyDocument']).toMatchObject({
      Statement: [{ Resource: getAtt(logs?.logicalId ?? '', 'Arn') }],
    });
    expect(handler?.[1].DependsOn).toContain(policy?.logicalId);
  });
});

describe('the recording configuration', () => {
  test('records to the bucket with the settings of the stage, with numbered thumbnails and the latest one', () => {
    expect(configuration.Properties).toEqual({
      DestinationConfiguration: { S3: { BucketName: { Ref: bucket.logicalId } } },
      RecordingReconnectWindowSeconds: 60,
      ThumbnailConfiguration: {
        RecordingMode: 'INTERVAL',
        TargetIntervalSeconds: 10,
        Storage: ['SEQUENTIAL', 'LATEST'],
      },
    });
  });

  test('is retained when a change replaces it, because existing channels still use it', () => {
    for (const template of [dev, prod])
      expect(onlyResource(template, CONFIGURATION).UpdateReplacePolicy).toBe('Retain');
    expect(configuration.DeletionPolicy).toBe('Delete');
    expect(onlyResource(prod, CONFIGURATION).DeletionPolicy).toBe('Retain');
  });
});

const behavior = z.object({
  PathPattern: z.string().optional(),
  CachePolicyId: z.object({ Ref: z.string() }),
  ResponseHeadersPolicyId: z.object({ Ref: z.string() }).optional(),
  ViewerProtocolPolicy: z.string(),
  AllowedMethods: z.array(z.string()),
});

const distributionOf = (template: CfnTemplate) =>
  z
    .object({
      DistributionConfig: z.looseObject({
        CacheBehaviors: z.array(behavior),
        DefaultCacheBehavior: behavior,
        Origins: z.array(z.looseObject({ OriginAccessControlId: z.unknown().optional() })),
      }),
    })
    .parse(onlyResource(template, 'AWS::CloudFront::Distribution').Properties).DistributionConfig;

/** The distribution beside the web app, and alone. */
describe.each(['dev', 'apiOnly'] as const)('the distribution of recordings in %s', variant => {
  const template = templateOf(variant);
  const distribution = distributionOf(template);
  const { CacheBehaviors, DefaultCacheBehavior } = distribution;
  const propertiesOf = (id: string) => Object(template.Resources[id]?.Properties);

  /** How many seconds CloudFront caches objects of a behavior, and the Cache-Control that viewers receive. */
  const kept = ({ CachePolicyId, ResponseHeadersPolicyId }: z.infer<typeof behavior>) => {
    const { MinTTL, DefaultTTL, MaxTTL } = propertiesOf(CachePolicyId.Ref).CachePolicyConfig;
    const headers = propertiesOf(ResponseHeadersPolicyId?.Ref ?? '').ResponseHeadersPolicyConfig;
    return {
      seconds: [MinTTL, DefaultTTL, MaxTTL],
      header: headers.CustomHeadersConfig.Items[0].Value,
    };
  };

  /** The behavior that CloudFront uses for a path. `*` matches any number of any characters. */
  const behaviorOf = (path: string) =>
    CacheBehaviors.find(({ PathPattern = '' }) =>
      new RegExp(`^/?${PathPattern.replaceAll('.', '\\.').replaceAll('*', '.*')}$`).test(path),
    ) ?? DefaultCacheBehavior;

  const recording = '/ivs/v1/123456789012/AbCdef1G2hij/2026/1/15/10/0/j8Z9O91ndcVs/media';

  test.each([
    '/hls/master.m3u8',
    '/hls/byte-range-multivariant.m3u8',
    '/hls/720p30/playlist.m3u8',
    '/latest_thumbnail/thumb.jpg',
    '/latest_thumbnail/720p30/thumb.jpg',
  ])('caches %s for two seconds, because it changes during a broadcast', file => {
    expect(kept(behaviorOf(`${recording}${file}`))).toEqual({
      seconds: [2, 2, 2],
      header: 'public, max-age=2',
    });
  });

  test.each(['/hls/720p30/0.ts', '/hls/720p30/init.mp4', '/thumbnails/thumb0.jpg'])(
    'caches %s for a year, because it is written once',
    file => {
      const year = 365 * 24 * 3600;
      expect(kept(behaviorOf(`${recording}${file}`))).toEqual({
        seconds: [year, year, year],
        header: `public, max-age=${year}, immutable`,
      });
    },
  );

  test('serves images of users from their bucket, for a day, and as nothing but images', () => {
    const found = behaviorOf('/images/0f8fad5b/avatar-1.png');
    expect(kept(found)).toEqual({ seconds: [86_400, 86_400, 86_400], header: 'public, max-age=86400' });
    expect(found).not.toBe(DefaultCacheBehavior);
    expect(behaviorOf('/uploads/0f8fad5b/avatar-1')).toBe(DefaultCacheBehavior);
    const headers = propertiesOf(found.ResponseHeadersPolicyId?.Ref ?? '').ResponseHeadersPolicyConfig;
    expect(headers.SecurityHeadersConfig).toMatchObject({
      ContentTypeOptions: { Override: true },
      ContentSecurityPolicy: { ContentSecurityPolicy: "default-src 'none'; sandbox", Override: true },
    });
  });

  test('serves HTTPS reads only, and signs its requests to S3', () => {
    const read = ['/hls/master.m3u8', '/latest_thumbnail/thumb.jpg', '/hls/720p30/0.ts'].map(file =>
      behaviorOf(`${recording}${file}`),
    );
    for (const { ViewerProtocolPolicy, AllowedMethods } of read) {
      expect(ViewerProtocolPolicy).toBe('https-only');
      expect(AllowedMethods).toEqual(['GET', 'HEAD', 'OPTIONS']);
    }
    const access = onlyResourceIn(template, 'Recordings', 'AWS::CloudFront::OriginAccessControl');
    expect(access.Properties['OriginAccessControlConfig']).toMatchObject({
      OriginAccessControlOriginType: 's3',
      SigningBehavior: 'always',
      SigningProtocol: 'sigv4',
    });
    expect(distribution.Origins.map(origin => origin.OriginAccessControlId)).toContainEqual(
      getAtt(access.logicalId, 'Id'),
    );
  });

  test("lets pages of the API's allowed origins read recordings", () => {
    const policies = resourcesOf(template, 'AWS::CloudFront::ResponseHeadersPolicy').filter(({ logicalId }) =>
      logicalId.startsWith('Recordings'),
    );
    expect(policies).toHaveLength(3);
    for (const { Properties } of policies)
      expect(Properties).toMatchObject({
        ResponseHeadersPolicyConfig: {
          CorsConfig: { AccessControlAllowOrigins: { Items: ['*'] }, AccessControlAllowCredentials: false },
        },
      });
    expect(bucket.Properties['CorsConfiguration']).toMatchObject({
      CorsRules: [{ AllowedMethods: ['GET', 'HEAD'], AllowedOrigins: ['*'] }],
    });
  });

  test("has different resource names per Region, because CloudFront's names are global", () => {
    const names = Object.values(template.Resources)
      .filter(({ Type }) => /^AWS::CloudFront::(?!Distribution)/.test(Type))
      .flatMap(({ Properties: { Name, ...configs } }) =>
        Name === undefined ? Object.values(configs).map(config => Object(config).Name) : [Name],
      );
    // With the web app: its own four, and two policies for the API.
    expect(names).toHaveLength(variant === 'dev' ? 13 : 7);
    for (const name of names) {
      expect(JSON.stringify(name)).toContain('{"Ref":"AWS::Region"}');
      expect(resolve(template, name)).toMatch(/^[\w-]{1,64}$/);
    }
    expect(new Set(names.map(name => JSON.stringify(name))).size).toBe(names.length);
  });
});

test('recordings cannot act as pages or scripts of the web app, whose address they share', () => {
  const policies = (template: CfnTemplate) =>
    resourcesOf(template, 'AWS::CloudFront::ResponseHeadersPolicy')
      .filter(({ logicalId }) => /^Recordings.*(Changing|Written)/.test(logicalId))
      .map(({ Properties }) => Object(Properties['ResponseHeadersPolicyConfig']).SecurityHeadersConfig);
  const notPages = {
    ContentSecurityPolicy: {
      ContentSecurityPolicy: "default-src 'none'; sandbox",
      Override: true,
    },
    ContentTypeOptions: { Override: true },
  };
  expect(policies(dev)).toEqual([notPages, notPages]);
  expect(policies(templateOf('apiOnly'))).toEqual([undefined, undefined]);
});

describe('the distribution without the web app', () => {
  test('caches a missing object for two seconds', () => {
    expect(distributionOf(templateOf('apiOnly'))['CustomErrorResponses']).toEqual([
      { ErrorCode: 403, ErrorCachingMinTTL: 2 },
    ]);
  });

  test('has no behavior, origin or secret for the API, and the stack has no output, bucket or function of the app', () => {
    const template = templateOf('apiOnly');
    expect(distributionOf(template).Origins).toHaveLength(2);
    expect(JSON.stringify(template)).not.toMatch(/resolve:secretsmanager|ORIGIN_SECRET_ID|\/v1\/\*"/);
    expect(template.Outputs).not.toHaveProperty('WebAppUrl');
    expect(resourcesOf(template, BUCKET)).toHaveLength(2);
    expect(
      Object.keys(template.Resources).filter(id => /WebApp|CDKBucketDeployment|SecretsOrigin/.test(id)),
    ).toEqual([]);
    // Switching the app on or off keeps the address of recordings.
    const id = (found: CfnTemplate) => onlyResource(found, 'AWS::CloudFront::Distribution').logicalId;
    expect(id(template)).toBe(id(dev));
  });
});
