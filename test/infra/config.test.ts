import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { z } from 'zod';
import { readDeployment } from '../../lib/config/deployment.ts';
import { ivsRegions } from '../../lib/config/ivsRegions.ts';
import { ConfigError, type DeploymentSource } from '../../lib/config/source.ts';
import { defaultLimits } from '../../model/rateLimit.ts';
import { readCdkJson } from './support/cdkJson.ts';
import { ownDomain } from './support/ownDomain.ts';

const good = {
  allowedOrigins: '*',
  chatReviewFallback: 'ALLOW',
  container: {
    cpu: 1024,
    memoryMb: 2048,
    minTasks: 2,
    maxTasks: 20,
    targetCpuPercent: 60,
    scaleOutCooldownSeconds: 60,
    scaleInCooldownSeconds: 300,
  },
  limits: defaultLimits,
  logLevel: 'INFO',
  logRetentionDays: 30,
  partnerFollowers: 100,
  partnerFollowerAgeDays: 7,
  recordings: { reconnectWindowSeconds: 60, thumbnailSeconds: 10 },
  retainData: false,
  tokenRotationDays: 30,
  tracing: false,
  webApp: true,
};
const stages = { dev: good, prod: { ...good, retainData: true } };

function read(context: Record<string, unknown>, environment: DeploymentSource['environment'] = {}) {
  const all: Record<string, unknown> = { stages, ...context };
  return readDeployment({ context: key => all[key], environment });
}

const readDev = (settings: Record<string, unknown>) => read({ stages: { dev: settings } });

/** The message of the ConfigError that `action` throws. */
function complaint(action: () => unknown): string {
  try {
    action();
  } catch (error) {
    if (error instanceof ConfigError) return error.message;
    throw error;
  }
  throw new Error('the config was taken');
}

describe('the deployed stack', () => {
  test('is the stage dev, as UGC-dev, in any account, by default', () => {
    expect(read({})).toEqual({
      stackName: 'UGC-dev',
      settings: good,
      compute: { kind: 'lambda' },
      terminationProtection: false,
      env: {},
    });
  });

  test('has the web app unless the stage turns it off', () => {
    const { webApp: _, ...without } = good;
    expect(readDev(without).settings.webApp).toBe(true);
    expect(readDev({ ...good, webApp: false }).settings.webApp).toBe(false);
    const mailFrom = 'Live <live@example.com>';
    expect([good, { ...good, mailFrom }].map(settings => readDev(settings).settings.mailFrom)).toEqual([
      undefined,
      mailFrom,
    ]);
  });

  test('has the stage and the name in the environment', () => {
    const { stackName, settings } = read({}, { STAGE: 'prod', STACK: 'Blue' });
    expect(stackName).toBe('Blue');
    expect(settings.retainData).toBe(true);
  });

  test('has the stage and the name in the context, which take precedence over the environment', () => {
    const { stackName } = read({ stage: 'prod', stack: 'Green' }, { STAGE: 'dev', STACK: 'Blue' });
    expect(stackName).toBe('Green');
    expect(read({ stage: 'prod' }, { STAGE: 'dev' }).stackName).toBe('UGC-prod');
  });

  test('goes to the account and Region of the CDK CLI', () => {
    const environment = { CDK_DEFAULT_ACCOUNT: '123456789012', CDK_DEFAULT_REGION: 'eu-west-1' };
    expect(read({}, { ...environment, AWS_REGION: 'us-west-2' }).env).toEqual({
      account: '123456789012',
      region: 'eu-west-1',
    });
    expect(read({}, { AWS_REGION: 'us-west-2' }).env).toEqual({ region: 'us-west-2' });
  });
});

describe('the environment overrides the stage', () => {
  const overridden = (environment: Record<string, string>) => read({}, environment);

  test('for the allowed origins of browsers', () => {
    const { settings } = overridden({ ALLOWED_ORIGINS: 'https://a.example, http://localhost:5173' });
    expect(settings.allowedOrigins).toEqual(['https://a.example', 'http://localhost:5173']);
    const listed = { ...good, allowedOrigins: ['https://a.example'] };
    expect(read({ stages: { dev: listed } }, { ALLOWED_ORIGINS: '*' }).settings.allowedOrigins).toBe('*');
    expect(read({ stages: { dev: listed } }, { ALLOWED_ORIGINS: '' }).settings).toEqual(listed);
  });

  test('for the sender of mails', () => {
    expect(overridden({ MAIL_FROM: 'live@example.com' }).settings.mailFrom).toBe('live@example.com');
    expect(overridden({ MAIL_FROM: '' }).settings).not.toHaveProperty('mailFrom');
  });

  test('for the subscriber of alarms, who is nobody by default', () => {
    expect(overridden({ ALARMS_EMAIL: 'night@example.com' }).alarmsEmail).toBe('night@example.com');
    expect(overridden({ ALARMS_EMAIL: '' })).not.toHaveProperty('alarmsEmail');
  });

  test('for the version of the secret that CloudFront sends, which is the current one by default', () => {
    const version = '0b1c2d3e-0000-4000-8000-123456789012';
    expect(overridden({ ORIGIN_SECRET_VERSION: version }).originSecretVersion).toBe(version);
    expect(overridden({ ORIGIN_SECRET_VERSION: '' })).not.toHaveProperty('originSecretVersion');
  });

  test('for the domain name of CloudFront, which has a certificate in us-east-1', () => {
    const { WEB_DOMAIN, WEB_CERTIFICATE_ARN } = ownDomain;
    expect(overridden(ownDomain).webDomain).toEqual({
      name: WEB_DOMAIN,
      certificateArn: WEB_CERTIFICATE_ARN,
    });
    expect(overridden({ WEB_DOMAIN: '', WEB_CERTIFICATE_ARN: '' })).not.toHaveProperty('webDomain');
    expect(complaint(() => overridden({ WEB_DOMAIN }))).toMatch(/^WEB_CERTIFICATE_ARN: .* \(got nothing\)$/);
    expect(complaint(() => overridden({ WEB_CERTIFICATE_ARN }))).toMatch(/^WEB_DOMAIN: .* \(got nothing\)$/);
    const elsewhere = WEB_CERTIFICATE_ARN.replace('us-east-1', 'us-west-2');
    expect(complaint(() => overridden({ WEB_DOMAIN, WEB_CERTIFICATE_ARN: elsewhere }))).toContain(
      'in us-east-1',
    );
    expect(complaint(() => overridden({ ...ownDomain, WEB_DOMAIN: 'https://www.example.com' }))).toContain(
      'must be a domain name',
    );
  });

  test('for the termination protection, which otherwise depends on whether the stage keeps its data', () => {
    expect(read({}, { STAGE: 'prod' }).terminationProtection).toBe(true);
    expect(read({}, { STAGE: 'prod', TERM_PROTECTION: 'false' }).terminationProtection).toBe(false);
    expect(read({}, { STAGE: 'dev', TERM_PROTECTION: 'true' }).terminationProtection).toBe(true);
    expect(read({}, { STAGE: 'prod', TERM_PROTECTION: '' }).terminationProtection).toBe(true);
  });

  test.each([
    ['MAIL_FROM', 'Live'],
    ['ALLOWED_ORIGINS', 'a.example'],
    ['ALLOWED_ORIGINS', 'https://a.example/'],
    ['ALLOWED_ORIGINS', 'https://a.example,*'],
    ['ALLOWED_ORIGINS', ','],
    ['ALARMS_EMAIL', 'night'],
    ['ALARMS_EMAIL', 'a@b.example, c@d.example'],
    ['ORIGIN_SECRET_VERSION', 'AWSCURRENT'],
    ['TERM_PROTECTION', 'yes'],
    ['TERM_PROTECTION', 'TRUE'],
  ])('and is refused when %s is %s', (name, value) => {
    const message = complaint(() => overridden({ [name]: value }));
    expect(message).toMatch(new RegExp(`^${name}: must be .* \\(got `));
    expect(message).toContain(JSON.stringify(value));
  });

  test('and all invalid values are named in one line', () => {
    const message = complaint(() => overridden({ ALARMS_EMAIL: 'night', TERM_PROTECTION: 'yes' }));
    expect(message).toBe(
      'ALARMS_EMAIL: must be an e-mail address (got "night"); ' +
        'TERM_PROTECTION: must be true or false (got "yes")',
    );
  });
});

describe('a config is refused, with the place and the allowed values, for', () => {
  const levels = 'must be one of DEBUG, INFO, WARN, ERROR';
  const origin = 'must be an origin such as "https://example.com"';
  const origins = 'must be "*" or a list of origins such as "https://example.com"';
  const followers = 'stages.dev.partnerFollowers: must be a whole number of followers from 1 to 1000000';
  const window =
    'stages.dev.recordings.reconnectWindowSeconds: must be a whole number of seconds from 0 to 300';
  const thumbnails = 'stages.dev.recordings.thumbnailSeconds: must be a whole number of seconds from 1 to 60';
  const retention = 'stages.dev.recordings.retentionDays: must be a whole number of days from 3 to 3650';
  const recordings = (changed: Record<string, unknown>) => ({
    recordings: { ...good.recordings, ...changed },
  });
  const days = 'stages.dev.tokenRotationDays: must be a whole number of days from 1 to 1000';

  test.each<[string, Record<string, unknown>, string]>([
    ['an unknown log level', { logLevel: 'LOUD' }, `stages.dev.logLevel: ${levels} (got "LOUD")`],
    ['a log level in lower case', { logLevel: 'info' }, `stages.dev.logLevel: ${levels} (got "info")`],
    ['a missing level', { logLevel: undefined }, `stages.dev.logLevel: ${levels} (got nothing)`],
    [
      'a flag that is not a boolean',
      { retainData: 'yes' },
      'stages.dev.retainData: must be true or false (got "yes")',
    ],
    ['zero followers', { partnerFollowers: 0 }, `${followers} (got 0)`],
    ['too many followers', { partnerFollowers: 1e9 }, `${followers} (got 1000000000)`],
    ['half a follower', { partnerFollowers: 2.5 }, `${followers} (got 2.5)`],
    ['a number as a string', { partnerFollowers: '3' }, `${followers} (got "3")`],
    [
      'a negative follower age',
      { partnerFollowerAgeDays: -1 },
      'stages.dev.partnerFollowerAgeDays: must be a whole number of days from 0 to 365 (got -1)',
    ],
    ['a missing number', { partnerFollowers: undefined }, `${followers} (got nothing)`],
    [
      'an unknown fallback',
      { chatReviewFallback: 'allow' },
      'stages.dev.chatReviewFallback: must be ALLOW or DENY (got "allow")',
    ],
    ['a retention of two days', recordings({ retentionDays: 2 }), `${retention} (got 2)`],
    ['a retention of half a day', recordings({ retentionDays: 3.5 }), `${retention} (got 3.5)`],
    ['a window beyond five minutes', recordings({ reconnectWindowSeconds: 301 }), `${window} (got 301)`],
    ['a negative window', recordings({ reconnectWindowSeconds: -1 }), `${window} (got -1)`],
    ['a thumbnail interval of zero', recordings({ thumbnailSeconds: 0 }), `${thumbnails} (got 0)`],
    ['thumbnails too far apart', recordings({ thumbnailSeconds: 61 }), `${thumbnails} (got 61)`],
    [
      'a missing thumbnail interval',
      recordings({ thumbnailSeconds: undefined }),
      `${thumbnails} (got nothing)`,
    ],
    [
      'missing recordings',
      { recordings: undefined },
      'stages.dev.recordings: must be the settings reconnectWindowSeconds and thumbnailSeconds (got nothing)',
    ],
    ['a sampling rate for tracing', { tracing: 0.1 }, 'stages.dev.tracing: must be true or false (got 0.1)'],
    [
      'a limit per network above that of the stack',
      { limits: { ...defaultLimits, signUpsPerHour: { address: 1, subnet: 2, site: 3, stack: 3 } } },
      'stages.dev.limits.signUpsPerHour: must not shrink as the network grows: address <= subnet <= ' +
        'site < stack',
    ],
    [
      'a missing limit',
      { limits: { ...defaultLimits, guestChatTokensPerMinute: undefined } },
      'stages.dev.limits.guestChatTokensPerMinute: must be the numbers address, subnet, site and ' +
        'stack (got nothing)',
    ],
    [
      'zero viewers',
      { limits: { ...defaultLimits, viewersPerNetwork: 0 } },
      'stages.dev.limits.viewersPerNetwork: must be a whole number from 1 to 1000000 (got 0)',
    ],
    ['a name of the web app', { webApp: 'web' }, 'stages.dev.webApp: must be true or false (got "web")'],
    ['zero days', { tokenRotationDays: 0 }, `${days} (got 0)`],
    ['too many days', { tokenRotationDays: 1001 }, `${days} (got 1001)`],
    ['an empty list of origins', { allowedOrigins: [] }, `stages.dev.allowedOrigins: ${origins} (got [])`],
    [
      'an origin outside a list',
      { allowedOrigins: 'https://a.example' },
      `${origins} (got "https://a.example")`,
    ],
    [
      'an origin without a scheme',
      { allowedOrigins: ['a.example'] },
      `allowedOrigins.0: ${origin} (got "a.example")`,
    ],
    [
      'an origin with a path',
      { allowedOrigins: ['https://a.example/'] },
      `${origin} (got "https://a.example/")`,
    ],
  ])('%s', (_, settings, message) => {
    expect(complaint(() => readDev({ ...good, ...settings }))).toContain(message);
  });

  test('a retention that CloudWatch Logs does not have', () => {
    const message = complaint(() => readDev({ ...good, logRetentionDays: 6 }));
    expect(message).toMatch(
      /^stages\.dev\.logRetentionDays: must be one of 1, 3, 5, 7, 14, 30, .* \(got 6\)$/,
    );
  });

  test.each(['live', 'Live <live>', 'Live, Inc. <live@example.com>', 'live@example.com\nBcc: x@example.com'])(
    'the sender of mails %j',
    mailFrom =>
      expect(complaint(() => readDev({ ...good, mailFrom }))).toBe(
        'stages.dev.mailFrom: must be an address, or a name and an address such as "Live <live@example.com>" ' +
          `(got ${JSON.stringify(mailFrom)})`,
      ),
  );

  test('an unknown setting', () => {
    expect(complaint(() => readDev({ ...good, logLevels: 'INFO' }))).toBe(
      'stages.dev.logLevels: is not a setting; ' +
        'the settings are allowedOrigins, chatReviewFallback, container, limits, logLevel, ' +
        'logRetentionDays, mailFrom, ' +
        'partnerFollowers, partnerFollowerAgeDays, recordings, retainData, tokenRotationDays, tracing, webApp',
    );
    expect(complaint(() => readDev({ ...good, ...recordings({ thumbnails: 7 }) }))).toBe(
      'stages.dev.recordings.thumbnails: is not a setting; ' +
        'the settings are reconnectWindowSeconds, thumbnailSeconds, retentionDays',
    );
  });

  test('settings that are not an object', () => {
    expect(complaint(() => read({ stages: { dev: 7 } }))).toContain('stages.dev: ');
  });

  test('several invalid values, all in one line', () => {
    const message = complaint(() => readDev({ ...good, logLevel: 'LOUD', retainData: 1, color: 'red' }));
    for (const key of ['logLevel', 'retainData', 'color']) expect(message).toContain(`stages.dev.${key}: `);
    expect(message).not.toContain('\n');
  });

  test('an unknown stage', () => {
    expect(complaint(() => read({}, { STAGE: 'qa' }))).toBe('stage: must be one of dev, prod (got "qa")');
    expect(complaint(() => read({ stage: 'toString' }))).toContain('(got "toString")');
  });

  test('a cdk.json with no stages', () => {
    expect(complaint(() => read({ stages: undefined }))).toContain('stages: must contain');
  });

  test.each(['1st', 'a_b', 'x'.repeat(129)])('the stack name %s', stack => {
    expect(complaint(() => read({}, { STACK: stack }))).toBe(
      `stack: must be a letter followed by at most 127 letters, digits and hyphens (got "${stack}")`,
    );
  });

  test('a Region without IVS, from any source', () => {
    const message = `region: must be a Region with Amazon IVS: ${ivsRegions.join(', ')} (got "us-east-2")`;
    expect(complaint(() => read({}, { CDK_DEFAULT_REGION: 'us-east-2' }))).toBe(message);
    expect(complaint(() => read({}, { AWS_REGION: 'us-east-2' }))).toBe(message);
  });
});

describe('cdk.json', () => {
  const { context } = readCdkJson();
  const from = (environment: Record<string, string>) =>
    readDeployment({ context: key => context[key], environment });

  test('lets dev be destroyed completely, and lets prod keep its data', () => {
    expect(from({ STAGE: 'dev' }).settings.retainData).toBe(false);
    expect(from({ STAGE: 'prod' }).settings.retainData).toBe(true);
  });

  test('sets every feature flag that this version of CDK recommends', () => {
    const recommended: unknown = JSON.parse(
      readFileSync('node_modules/aws-cdk-lib/recommended-feature-flags.json', 'utf8'),
    );
    expect(context).toMatchObject(z.record(z.string(), z.unknown()).parse(recommended));
  });

  test('lets template validation fail on errors, and not on warnings', () => {
    expect(context['@aws-cdk/core:validateAgainstDefaultRules']).toBe(true);
  });
});
