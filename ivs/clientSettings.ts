import type { IvsClient } from '@aws-sdk/client-ivs';

/** The client settings that callers may choose. */
export type ClientSettings = Pick<
  NonNullable<ConstructorParameters<typeof IvsClient>[0]>,
  'region' | 'endpoint' | 'credentials'
>;

// The clients do not retry: a retry would repeat a create whose answer was lost, and a client does not know
// the caller's budget. IVS takes one or two seconds for a create, so the timeouts are long.
export const oneTry = {
  maxAttempts: 1,
  requestHandler: {
    connectionTimeout: 1_000,
    requestTimeout: 5_000,
    socketTimeout: 5_000,
    throwOnRequestTimeout: true,
  },
};
