import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { runInNewContext } from 'node:vm';
import { describe, expect, test } from '@jest/globals';
import { z } from 'zod';
import { isCounted, type Route } from '../../lambdas/api/http/route.ts';
import { type FunctionSpec, resourceFunctions } from '../../model/functions.ts';
import { chatUrl, playbackHost, stageEventsHost, whipHost } from '../../model/ivsHosts.ts';
import { ORIGIN_SECRET_HEADER, VIEWER_ADDRESS_HEADER } from '../../model/originSecret.ts';
import { type RouteSpec, routes } from '../../model/routes.ts';
import { webAppCaching, webAppHeaders } from '../../model/webApp.ts';
import { fargate } from './support/fargate.ts';
import { UPLOADER } from './support/functions.ts';
import { ownDomain } from './support/ownDomain.ts';
import { deployed, resolve, resolveString } from './support/resolve.ts';
import { type CfnTemplate, getAtt, onlyResource, onlyResourceIn, resourcesOf } from './support/template.ts';
import { templateOf } from './support/templateOf.ts';

const template = templateOf();
const reference = z.object({ Ref: z.string() });

const behavior = z.object({
  PathPattern: z.string().optional(),
  TargetOriginId: z.string(),
  AllowedMethods: z.array(z.string()),
  CachePolicyId: reference,
  OriginRequestPolicyId: z.union([reference, z.string()]).optional(),
  ResponseHeadersPolicyId: reference.optional(),
  FunctionAssociations: z.array(z.unknown()).default([]),
  ViewerProtocolPolicy: z.string(),
  Compress: z.boolean(),
});

const distributionOf = (from: CfnTemplate) =>
  z
    .object({
      DistributionConfig: z.object({
        CacheBehaviors: z.array(behavior),
        DefaultCacheBehavior: behavior,
        CustomErrorResponses: z.array(z.record(z.string(), z.unknown())),
        DefaultRootObject: z.string(),
        HttpVersion: z.string(),
        Origins: z.array(z.looseObject({ Id: z.string() })),
      }),
    })
    .parse(onlyResource(from, 'AWS::CloudFront::Distribution').Properties).DistributionConfig;

const distribution = distributionOf(template);
const apiBehaviorOf = ({ CacheBehaviors }: typeof distribution) => {
  const found = CacheBehaviors.find(({ PathPattern }) => PathPattern === '/v1/*');
  if (found === undefined) throw new Error('no behavior serves the API');
  return found;
};
const api = apiBehaviorOf(distribution);
const app = distribution.DefaultCacheBehavior;

const configOf = (id: unknown, key: string) =>
  Object(template.Resources[reference.parse(id).Ref]?.Properties[key]);

describe('the web app', () => {
  test('is served by HTTP/2 and HTTP/3, redirects to HTTPS, and answers reads only', () => {
    expect(distribution.HttpVersion).toBe('http2and3');
    expect(app).toMatchObject({
      ViewerProtocolPolicy: 'redirect-to-https',
      AllowedMethods: ['GET', 'HEAD'],
      Compress: true,
    });
  });

  test('is cached as the headers of its files say', () => {
    expect(configOf(app.CachePolicyId, 'CachePolicyConfig')).toMatchObject({
      MinTTL: 0,
      DefaultTTL: 60,
      MaxTTL: 365 * 24 * 3600,
      ParametersInCacheKeyAndForwardedToOrigin: {
        EnableAcceptEncodingBrotli: true,
        EnableAcceptEncodingGzip: true,
        CookiesConfig: { CookieBehavior: 'none' },
        HeadersConfig: { HeaderBehavior: 'none' },
        QueryStringsConfig: { QueryStringBehavior: 'none' },
      },
    });
  });

  test('has the security headers of local mode, for the hosts of its Region, and that of strict transport', () => {
    const config = resolve(template, configOf(app.ResponseHeadersPolicyId, 'ResponseHeadersPolicyConfig'));
    const { SecurityHeadersConfig: security, CustomHeadersConfig: custom } = Object(config);
    const sent: Record<string, string> = {
      'Content-Security-Policy': security.ContentSecurityPolicy.ContentSecurityPolicy,
      'Permissions-Policy': custom.Items[0].Value,
      'Referrer-Policy': security.ReferrerPolicy.ReferrerPolicy,
      'X-Content-Type-Options': security.ContentTypeOptions.Override ? 'nosniff' : '',
      'X-Frame-Options': security.FrameOptions.FrameOption,
    };
    const hosts = 'https://*.live-video.net';
    const uploads = onlyResourceIn(template, 'ImagesBucket', 'AWS::S3::Bucket').logicalId;
    const connect = [
      chatUrl(deployed.region, 'amazonaws.com'),
      'wss://*.live-video.net',
      `https://${uploads.toLowerCase()}.s3.${deployed.region}.amazonaws.com`,
    ];
    expect(sent).toEqual(webAppHeaders({ connect, media: [hosts] }));
    expect(custom.Items.map(({ Header }: { Header: string }) => Header)).toEqual(['Permissions-Policy']);
    expect(security.StrictTransportSecurity).toEqual({
      AccessControlMaxAgeSec: 365 * 24 * 3600,
      IncludeSubdomains: false,
      Override: true,
    });
    expect(sent['Content-Security-Policy']).not.toMatch(/unsafe|\*(?!\.live-video\.net)/);
    const domain = /^[\w.-]+\.live-video\.net$/;
    for (const host of [playbackHost('a1', deployed.region), stageEventsHost('eu'), whipHost('a1')])
      expect(host).toMatch(domain);
  });

  test('is readable by the distribution only, which may list it, so that a missing file is a 404', () => {
    // In dev, the function that empties buckets may do so too.
    const prod = templateOf('prod');
    const { Statement } = Object(
      resolve(prod, onlyResourceIn(prod, 'WebApp', 'AWS::S3::BucketPolicy').Properties['PolicyDocument']),
    );
    const allowed = Statement.filter(({ Effect }: { Effect: string }) => Effect === 'Allow');
    const { logicalId } = onlyResource(template, 'AWS::CloudFront::Distribution');
    expect(allowed).toEqual([
      {
        Effect: 'Allow',
        Principal: { Service: 'cloudfront.amazonaws.com' },
        Action: ['s3:GetObject', 's3:ListBucket'],
        Resource: [expect.any(String), expect.stringMatching(/\/\*$/)],
        Condition: {
          StringEquals: { 'AWS:SourceArn': `arn:aws:cloudfront::123456789012:distribution/${logicalId}` },
        },
      },
    ]);
    // The root of the bucket is its list.
    expect(distribution.DefaultRootObject).toBe('index.html');
    expect(pathFor('/')).toBe('/index.html');
  });

  test('has an address in the outputs, which is that of recordings', () => {
    expect(template.Outputs['WebAppUrl']?.Value).toEqual(template.Outputs['RecordingsUrl']?.Value);
    expect(resolveString(template, template.Outputs['WebAppUrl']?.Value)).toMatch(
      /^https:\/\/\w+\.cloudfront\.net$/,
    );
  });
});

test('a domain name of its own requires TLS 1.2, is the address of the app and of recordings, and has a DNS target', () => {
  const extras = templateOf('extras');
  const { logicalId, Properties } = onlyResource(extras, 'AWS::CloudFront::Distribution');
  expect(Properties['DistributionConfig']).toMatchObject({
    Aliases: [ownDomain.WEB_DOMAIN],
    ViewerCertificate: {
      AcmCertificateArn: ownDomain.WEB_CERTIFICATE_ARN,
      MinimumProtocolVersion: 'TLSv1.2_2021',
      SslSupportMethod: 'sni-only',
    },
  });
  for (const key of ['WebAppUrl', 'RecordingsUrl'])
    expect(extras.Outputs[key]?.Value).toBe(`https://${ownDomain.WEB_DOMAIN}`);
  expect(JSON.stringify(Object.values(extras.Outputs).map(({ Value }) => Value))).toContain(
    JSON.stringify(getAtt(logicalId, 'DomainName')),
  );
});

const code = z
  .object({
    FunctionCode: z.string(),
    FunctionConfig: z.object({ Runtime: z.string() }),
    AutoPublish: z.literal(true),
  })
  .parse(onlyResource(template, 'AWS::CloudFront::Function').Properties);

/** Runs the deployed function, as CloudFront does. Returns the path that S3 is asked for. */
function pathFor(uri: string): string {
  const event = {
    version: '1.0',
    context: {},
    viewer: { ip: '203.0.113.7' },
    request: { method: 'GET', uri },
  };
  const result: unknown = runInNewContext(`${code.FunctionCode}\nhandler(event)`, { event });
  return z.object({ uri: z.string() }).parse(result).uri;
}

describe('the addresses of pages', () => {
  test.each([
    '/',
    '/categories',
    '/categories/just-chatting',
    '/c/ann',
    '/c/Ann_-9/streams/st-1A2b3C',
    '/settings/',
    '/c/%F0%9F%90%99',
    '/v1',
  ])('%s is answered with index.html', path => {
    expect(pathFor(path)).toBe('/index.html');
  });

  test.each([
    '/index.html',
    '/favicon.svg',
    '/theme.js',
    '/robots.txt',
    '/.well-known/security.txt',
    '/assets/index-Ab12Cd34.css',
    '/assets/gone-12345678.js',
    '/assets/',
    '/assets/no-dot',
  ])('%s is answered with the file, or a 404', path => {
    expect(pathFor(path)).toBe(path);
  });

  test('are rewritten for the app only, before the cache, by a function of the current runtime', () => {
    const { logicalId } = onlyResource(template, 'AWS::CloudFront::Function');
    expect(app.FunctionAssociations).toEqual([
      { EventType: 'viewer-request', FunctionARN: getAtt(logicalId, 'FunctionARN') },
    ]);
    for (const { FunctionAssociations } of distribution.CacheBehaviors)
      expect(FunctionAssociations).toEqual([]);
    expect(code.FunctionConfig.Runtime).toBe('cloudfront-js-2.0');
  });

  test('do not replace errors of the API: no error has a page, and no server error is cached', () => {
    expect(distribution.CustomErrorResponses).toEqual(
      [500, 502, 503, 504].map(ErrorCode => ({ ErrorCode, ErrorCachingMinTTL: 0 })),
    );
  });

  test('of the app are not those of the API or of recordings', () => {
    const source = readFileSync('web/app.tsx', 'utf8');
    const paths = [...source.matchAll(/<Route path="([^"]+)"/g)].map(([, path = '']) => path);
    expect(paths.length).toBeGreaterThan(5);
    for (const path of paths) {
      expect(path).not.toMatch(/^\/(v1|ivs|images|assets)(\/|$)/);
      expect(path).not.toMatch(/\./);
    }
  });
});

describe('the API behind the CDN', () => {
  const cache = configOf(api.CachePolicyId, 'CachePolicyConfig');
  const key = cache.ParametersInCacheKeyAndForwardedToOrigin;
  const forwarded = configOf(api.OriginRequestPolicyId, 'OriginRequestPolicyConfig');

  test('has all its paths below the pattern of its behavior, before which no other pattern matches', () => {
    for (const { path } of Object.values<RouteSpec>(routes)) expect(path).toMatch(/^\/v1\//);
    const patterns = distribution.CacheBehaviors.map(({ PathPattern }) => PathPattern);
    expect(patterns).toEqual(['images/*', '/ivs/*.m3u8', '/ivs/*/latest_thumbnail/*', '/ivs/*', '/v1/*']);
  });

  test('takes all methods over HTTPS only, and compresses its answers itself', () => {
    expect([...api.AllowedMethods].sort()).toEqual(
      ['DELETE', 'GET', 'HEAD', 'OPTIONS', 'PATCH', 'POST', 'PUT'].sort(),
    );
    expect(api).toMatchObject({ ViewerProtocolPolicy: 'https-only', Compress: false });
    expect(api.ResponseHeadersPolicyId).toBeUndefined();
  });

  test('is cached as its headers say, and without a header not at all', () => {
    expect(cache).toMatchObject({ MinTTL: 0, DefaultTTL: 0 });
    expect(cache.MaxTTL).toBeGreaterThanOrEqual(3600);
  });

  test('never has an answer for one caller, origin or query cached for another', () => {
    // CloudFront ignores Vary. Accept-Encoding is part of the key by a setting of its own.
    const varying = [...sourcesOf('lambdas/api').matchAll(/'Vary', '([\w-]+)'/g)].map(([, name]) => name);
    expect(varying).toContain('Authorization');
    expect(key.HeadersConfig.HeaderBehavior).toBe('whitelist');
    expect(key.HeadersConfig.Headers).toEqual(
      expect.arrayContaining([...varying, 'Authorization', 'Origin']),
    );
    expect(key.QueryStringsConfig).toEqual({ QueryStringBehavior: 'all' });
    expect(key.EnableAcceptEncodingGzip).toBe(true);
  });

  test('has a caller in the cache key wherever the caller is passed on', () => {
    for (const { CachePolicyId, OriginRequestPolicyId } of [app, ...distribution.CacheBehaviors]) {
      const inKey = configOf(CachePolicyId, 'CachePolicyConfig').ParametersInCacheKeyAndForwardedToOrigin;
      if (inKey.HeadersConfig.Headers?.includes('Authorization')) continue;
      // The policy of recordings is CloudFront's own, which passes on the headers of CORS only.
      const isOfRecordings = OriginRequestPolicyId === '88a5eaf4-2fd4-4709-b370-b4c650ea3fcf';
      expect([OriginRequestPolicyId, isOfRecordings]).toEqual([
        isOfRecordings ? OriginRequestPolicyId : undefined,
        isOfRecordings,
      ]);
    }
  });

  test('gets cookies, and every request header that it reads, but not the host of the CDN', () => {
    expect(forwarded.CookiesConfig).toEqual({ CookieBehavior: 'all' });
    expect(forwarded.QueryStringsConfig).toEqual({ QueryStringBehavior: 'all' });
    expect(forwarded.HeadersConfig.HeaderBehavior).toBe('whitelist');
    const received = new Set(
      [...forwarded.HeadersConfig.Headers, ...key.HeadersConfig.Headers].map((name: string) =>
        name.toLowerCase(),
      ),
    );
    const read = [...sourcesOf('lambdas/api').matchAll(/c\.req\.header\('([\w-]+)'\)/g)].map(
      ([, name = '']) => name,
    );
    expect(read).toEqual(expect.arrayContaining(['idempotency-key', 'x-refresh-token', 'sec-fetch-site']));
    // CloudFront always forwards the length of a body, and sets the host to that of the origin.
    const known = new Set([...received, 'content-length', 'host']);
    expect(read.filter(name => !known.has(name))).toEqual([]);
    expect(received).toContain(VIEWER_ADDRESS_HEADER.toLowerCase());
    for (const name of ['host', ORIGIN_SECRET_HEADER.toLowerCase()]) expect(received).not.toContain(name);
    // Quotas of CloudFront.
    expect(forwarded.HeadersConfig.Headers.length).toBeLessThanOrEqual(10);
  });

  test.each(['dev', 'fargate'] as const)(
    'in %s gets requests of the CDN by TLS 1.2, with a secret that is not in the template',
    variant => {
      const found = templateOf(variant);
      const own = distributionOf(found);
      const origin = own.Origins.find(({ Id }) => Id === apiBehaviorOf(own).TargetOriginId);
      const secret = onlyResourceIn(found, 'SecretsOrigin', 'AWS::SecretsManager::Secret');
      const arn = resolveString(found, { Ref: secret.logicalId });
      const gateway = () =>
        `${onlyResource(found, 'AWS::ApiGatewayV2::Api').logicalId.toLowerCase()}.execute-api`;
      expect(resolve(found, origin)).toMatchObject({
        DomainName:
          variant === 'fargate' ? fargate.API_DOMAIN : `${gateway()}.${deployed.region}.amazonaws.com`,
        CustomOriginConfig: { OriginProtocolPolicy: 'https-only', OriginSSLProtocols: ['TLSv1.2'] },
        OriginCustomHeaders: [
          {
            HeaderName: ORIGIN_SECRET_HEADER,
            HeaderValue: `{{resolve:secretsmanager:${arn}:SecretString:::}}`,
          },
        ],
      });
      expect(origin).not.toHaveProperty('OriginPath');
      expect(secret.Properties).not.toHaveProperty('SecretString');
      // No other origin gets the secret.
      expect(JSON.stringify(own.Origins).match(/resolve:secretsmanager/g)).toHaveLength(1);
    },
  );

  test('may read the secret in each function that counts guests by their address, and in no other', async () => {
    const counting = await Promise.all(
      Object.keys(resourceFunctions).map(async resource => {
        const files = readdirSync(join('lambdas/api', resource)).filter(file => /routes\.ts$/i.test(file));
        const modules = await Promise.all(files.map(file => import(`../../lambdas/api/${resource}/${file}`)));
        const counts = (route: Route) => (isCounted(route) || route.countsItself) && route.auth !== 'user';
        const found = modules.flatMap(exported => Object.values<unknown>(exported)).filter(isRoute);
        expect([resource, found.length]).not.toEqual([resource, 0]);
        return found.some(counts) ? [resource] : [];
      }),
    );
    const reading = Object.entries<FunctionSpec>(resourceFunctions).flatMap(([resource, { addresses }]) =>
      addresses ? [resource] : [],
    );
    expect(reading.sort()).toEqual(counting.flat().sort());
  });

  test('in a container reads the secret that the CDN sends', () => {
    const found = templateOf('fargate');
    const { logicalId } = onlyResourceIn(found, 'SecretsOrigin', 'AWS::SecretsManager::Secret');
    const container = JSON.stringify(onlyResource(found, 'AWS::ECS::TaskDefinition').Properties);
    expect(container).toContain(JSON.stringify({ Name: 'ORIGIN_SECRET_ID', Value: { Ref: logicalId } }));
  });
});

describe('the files of the app', () => {
  const deployment = (name: string) =>
    onlyResourceIn(template, `WebAppFiles${name}`, 'Custom::CDKBucketDeployment');
  const [assets, pages] = [deployment('Assets'), deployment('Pages')];

  test('are uploaded to the bucket of the app, and none of an earlier version is deleted', () => {
    const { logicalId } = onlyResourceIn(template, 'WebApp', 'AWS::S3::Bucket');
    for (const { Properties } of [assets, pages])
      expect(Properties).toMatchObject({ DestinationBucketName: { Ref: logicalId }, Prune: false });
    // A rule by age would delete files of a version that stays deployed for long.
    const { LifecycleConfiguration } = onlyResourceIn(template, 'WebApp', 'AWS::S3::Bucket').Properties;
    expect(JSON.stringify(LifecycleConfiguration)).not.toMatch(/Expiration/);
  });

  test('are cached for a year if their names contain hashes, and for a minute otherwise', () => {
    expect(assets.Properties).toMatchObject({
      Exclude: ['*'],
      Include: ['assets/*'],
      SystemMetadata: { 'cache-control': webAppCaching.hashed },
    });
    expect(pages.Properties).toMatchObject({
      Exclude: ['assets/*'],
      SystemMetadata: { 'cache-control': webAppCaching.others },
    });
    expect(webAppCaching).toEqual({
      hashed: `public, max-age=${365 * 24 * 3600}, immutable`,
      others: 'public, max-age=60',
    });
  });

  test('come from one build, and pages are uploaded after the files that they name and the API that they use', () => {
    expect(pages.Properties['SourceObjectKeys']).toEqual(assets.Properties['SourceObjectKeys']);
    const needed = [
      assets.logicalId,
      ...resourcesOf(template, 'AWS::ApiGatewayV2::Stage').map(({ logicalId }) => logicalId),
      ...resourcesOf(template, 'AWS::ApiGatewayV2::Route').map(({ logicalId }) => logicalId),
      ...resourcesOf(template, 'AWS::Lambda::Function')
        .map(({ logicalId }) => logicalId)
        .filter(id => id.startsWith('HttpApi')),
    ];
    expect(pages.DependsOn).toEqual(expect.arrayContaining(needed));
    expect(assets.DependsOn).not.toContain(pages.logicalId);
  });

  test('are uploaded by a function that may read assets of deployments, and write and list this bucket, only', () => {
    const { logicalId } = onlyResourceIn(template, 'WebApp', 'AWS::S3::Bucket');
    const role = onlyResourceIn(template, 'WebAppFiles', 'AWS::IAM::Role');
    const policies = resourcesOf(template, 'AWS::IAM::Policy').filter(({ Properties }) =>
      JSON.stringify(Properties['Roles']).includes(`"${role.logicalId}"`),
    );
    const { Statement } = Object(resolve(template, policies[0]?.Properties['PolicyDocument']));
    expect(policies).toHaveLength(1);
    const lines = Statement.map(({ Action, Resource }: { Action: string | string[]; Resource: string }) =>
      [[Action].flat().join(' '), Resource].join(' '),
    );
    expect(lines).toEqual([
      expect.stringMatching(
        /^logs:CreateLogStream logs:PutLogEvents arn:aws:logs:.*:log-group:WebAppFilesLogs\w+:\*$/,
      ),
      expect.stringMatching(/^s3:GetObject arn:aws:s3:::cdk-\w+-assets-123456789012-us-west-2\/\*$/),
      `s3:PutObject arn:aws:s3:::${logicalId}/*`,
      `s3:ListBucket arn:aws:s3:::${logicalId}`,
    ]);
    const uploader = onlyResourceIn(template, UPLOADER, 'AWS::Lambda::Function').Properties;
    expect(uploader['Role']).toEqual(getAtt(role.logicalId, 'Arn'));
    expect(uploader['LoggingConfig']).toEqual({
      LogGroup: { Ref: onlyResourceIn(template, 'WebAppFiles', 'AWS::Logs::LogGroup').logicalId },
    });
    // Both uploads use one function and its one layer.
    expect(resourcesOf(template, 'AWS::Lambda::LayerVersion')).toHaveLength(1);
  });
});

const isRoute = (value: unknown): value is Route =>
  typeof value === 'object' && value !== null && 'id' in value && 'auth' in value;

/** The sources of a folder as one text. */
function sourcesOf(folder: string): string {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter(file => file.endsWith('.ts'))
    .map(file => readFileSync(join(folder, file), 'utf8'))
    .join('\n');
}
