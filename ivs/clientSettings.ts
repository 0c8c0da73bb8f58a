import type { IvsClient } from '@aws-sdk/client-ivs';

/** What may be set of a client from outside. */
export type ClientSettings = Pick<
  NonNullable<ConstructorParameters<typeof IvsClient>[0]>,
  'region' | 'endpoint' | 'credentials'
>;

// The clients never try again themselves: they would repeat a create whose answer was lost, and they know
// nothing of the caller's budget. A create takes IVS a second or two, so an answer may take some.
export const oneTry = {
  maxAttempts: 1,
  requestHandler: {
    connectionTimeout: 1_000,
    requestTimeout: 5_000,
    socketTimeout: 5_000,
    throwOnRequestTimeout: true,
  },
};
