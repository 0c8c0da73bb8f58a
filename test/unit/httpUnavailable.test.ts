import { connect } from 'node:net';
import { describe, expect, test } from '@jest/globals';
import { IvsBusyError, IvsQuotaError } from '../../ivs/errors.ts';
import { isUnavailable } from '../../lambdas/api/http/unavailable.ts';
import { freePort, LOOPBACK } from '../../local/dynamo/engine.ts';

describe('a service counts as unavailable', () => {
  test('when no server listens', async () => {
    const port = await freePort();
    const error = await new Promise(resolve => connect(port, LOOPBACK).once('error', resolve));
    expect(isUnavailable(error)).toBe(true);
  });

  test.each([
    { name: 'ThrottlingException', $fault: 'client', $metadata: { httpStatusCode: 400 } },
    { name: 'InternalServerError', $fault: 'server', $metadata: { httpStatusCode: 500 } },
    { name: 'UnknownError', $fault: 'client', $metadata: { httpStatusCode: 502 } },
    { name: 'TimeoutError', $metadata: { attempts: 3 } },
    { name: 'Error', code: 'ECONNRESET', $metadata: {} },
    new IvsBusyError('IVS throttles calls'),
    new IvsQuotaError('the account has reached its IVS quota'),
  ])('when the SDK reports %j', error => {
    expect(isUnavailable(error)).toBe(true);
  });
});

test.each([
  { name: 'AccessDeniedException', $fault: 'client', $metadata: { httpStatusCode: 400 } },
  { name: 'ResourceNotFoundException', $fault: 'client', $metadata: { httpStatusCode: 400 } },
  { name: 'ValidationException', $fault: 'client', $metadata: { httpStatusCode: 400 } },
  { name: 'CredentialsProviderError', $metadata: {} },
  new TypeError('undefined is not a function'),
  'a string',
  undefined,
])('a service does not count as unavailable after a client error: %j', error => {
  expect(isUnavailable(error)).toBe(false);
});
