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

/**
 * Returns a client that `make` creates when it is first used. Most requests to a function use none of its
 * clients of IVS, and creating one takes a millisecond of a cold start.
 */
export function whenUsed<C extends object>(make: () => C): C {
  let made: C | undefined;
  const client = () => {
    made ??= make();
    return made;
  };
  // The proxy has every member of the client, because it looks each up there.
  return new Proxy({} as C, {
    get: (_, name) => {
      const member: unknown = Reflect.get(client(), name);
      return typeof member === 'function' ? member.bind(client()) : member;
    },
  });
}
