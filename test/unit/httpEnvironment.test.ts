import { describe, expect, test } from '@jest/globals';
import { partnerRuleFrom } from '../../domain/partner.ts';
import { apiDependenciesFrom } from '../../lambdas/api/api.ts';
import {
  allowedOriginsFrom,
  attachmentsFrom,
  limitsFrom,
  shownSinceFrom,
} from '../../lambdas/api/http/environment.ts';
import { lambdaLogger } from '../../lambdas/api/http/lambda.ts';
import { defaultLimits } from '../../model/rateLimit.ts';
import { tableNames } from '../../model/tables.ts';
import { tableVariable } from '../../model/tableVariable.ts';

describe('the allowed origins', () => {
  test.each<[string, string | string[]]>([
    ['*', '*'],
    ['https://app.example', ['https://app.example']],
    ['https://app.example, http://localhost:5173', ['https://app.example', 'http://localhost:5173']],
  ])('%j are %j', (value, expected) => {
    expect(allowedOriginsFrom({ ALLOWED_ORIGINS: value })).toEqual(expected);
  });

  test.each(['https://app.example/', 'app.example', 'https://app.example,*', 'https://a.example,', 'null'])(
    '%j are refused, naming the variable',
    value => {
      expect(() => allowedOriginsFrom({ ALLOWED_ORIGINS: value })).toThrow(
        /ALLOWED_ORIGINS must be \* or a comma-separated list of origins/,
      );
    },
  );
});

test.each(['0', '-1', '1.5', '1e3', 'many', ' 3'])('PARTNER_FOLLOWERS %j is refused', value => {
  expect(() => partnerRuleFrom({ PARTNER_FOLLOWERS: value })).toThrow(/PARTNER_FOLLOWERS is '.*', not/);
});

test('a fallback of the review is ALLOW or DENY', () => {
  expect(() => attachmentsFrom({ CHAT_REVIEW_FALLBACK: 'allow' })).toThrow(
    "CHAT_REVIEW_FALLBACK is 'allow', not ALLOW or DENY",
  );
});

test.each(['many', '{}', JSON.stringify({ ...defaultLimits, viewersPerNetwork: 0 })])(
  'limits that cannot be parsed are refused with the name of the variable: %s',
  value => {
    expect(() => limitsFrom({ LIMITS: value })).toThrow(/LIMITS is '.*/);
  },
);

test.each(['0', '30.5', 'a month'])('a retention of recordings of %s days is refused', value => {
  expect(() => shownSinceFrom({ RECORDING_RETENTION_DAYS: value }, () => new Date())).toThrow(
    `RECORDING_RETENTION_DAYS is '${value}', not a whole number of days`,
  );
});

test('without a retention, all recordings are shown', () => {
  const now = () => new Date('2026-03-31T10:00:00Z');
  const since = (value?: string) => shownSinceFrom({ RECORDING_RETENTION_DAYS: value }, now)();
  expect([since(), since(''), since('30')]).toEqual([
    '1970-01-01T00:00:00.000Z',
    '1970-01-01T00:00:00.000Z',
    '2026-03-01T10:00:00.000Z',
  ]);
});

test('each missing variable is named', () => {
  const whole = {
    ...Object.fromEntries(tableNames.map(name => [tableVariable(name), name])),
    CURSOR_SECRET_ID: 'x',
    TOKEN_SECRET_ID: 'y',
    STACK_NAME: 'UGC-test',
    PARTNER_FOLLOWERS: '100',
    PARTNER_FOLLOWER_AGE_DAYS: '7',
    LIMITS: JSON.stringify(defaultLimits),
    ALLOWED_ORIGINS: '*',
    RECORDINGS_URL: 'https://recordings.example',
    AWS_REGION: 'us-west-2',
    IMAGES_BUCKET: 'images',
    CHAT_ENDPOINT: 'wss://chat.example',
    RECORDING_CONFIGURATION_ARN: 'r',
    CHAT_REVIEW_HANDLER_ARN: 'h',
    CHAT_REVIEW_FALLBACK: 'ALLOW',
    CHAT_LOGGING_CONFIGURATION_ARN: 'l',
  };
  expect(() => apiDependenciesFrom(whole, lambdaLogger)).not.toThrow();
  for (const name of Object.keys(whole))
    expect(() => apiDependenciesFrom({ ...whole, [name]: '' }, lambdaLogger)).toThrow(
      `the environment variable ${name} is not set`,
    );
});
