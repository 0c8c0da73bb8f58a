/**
 * The retry settings of the SDK clients for requests that a user waits for: three attempts, each with one
 * second to connect, two seconds until the response begins, and at most two seconds without a byte after
 * that. Two such calls in sequence, with the pauses between attempts, end within 20 seconds.
 */
export const requestBudget = {
  maxAttempts: 3,
  requestHandler: {
    connectionTimeout: 1_000,
    requestTimeout: 2_000,
    socketTimeout: 2_000,
    throwOnRequestTimeout: true,
  },
};
