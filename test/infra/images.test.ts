import { expect, test } from '@jest/globals';
import { resolve } from './support/resolve.ts';
import { type CfnTemplate, onlyResourceIn } from './support/template.ts';
import { templateOf } from './support/templateOf.ts';

const [dev, prod] = [templateOf(), templateOf('prod')];
const bucketOf = (template: CfnTemplate) => onlyResourceIn(template, 'ImagesBucket', 'AWS::S3::Bucket');

test('the bucket of images is private, and browsers of the allowed origins may only post forms to it', () => {
  expect(bucketOf(dev).Properties).toMatchObject({
    PublicAccessBlockConfiguration: {
      BlockPublicAcls: true,
      BlockPublicPolicy: true,
      IgnorePublicAcls: true,
      RestrictPublicBuckets: true,
    },
    OwnershipControls: { Rules: [{ ObjectOwnership: 'BucketOwnerEnforced' }] },
    CorsConfiguration: { CorsRules: [{ AllowedMethods: ['POST'], AllowedOrigins: ['*'] }] },
  });
});

test('uploads that nobody confirms are deleted after a day, and images are not', () => {
  expect(bucketOf(dev).Properties['LifecycleConfiguration']).toEqual({
    Rules: [{ ExpirationInDays: 1, Prefix: 'uploads/', Status: 'Enabled' }],
  });
});

test('only the distribution reads the bucket for others, and over TLS only', () => {
  const policy = onlyResourceIn(prod, 'ImagesBucket', 'AWS::S3::BucketPolicy');
  const { Statement } = Object(resolve(prod, policy.Properties)).PolicyDocument;
  const allowed = Statement.filter(({ Effect }: { Effect: string }) => Effect === 'Allow');
  expect(allowed).toMatchObject([
    { Principal: { Service: 'cloudfront.amazonaws.com' }, Action: 's3:GetObject' },
  ]);
});

test('the bucket is retained with the prod stack, and deleted with the dev stack', () => {
  expect([dev, prod].map(template => bucketOf(template).DeletionPolicy)).toEqual(['Delete', 'Retain']);
});
