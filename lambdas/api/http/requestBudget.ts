/**
 * How long the SDK's clients try, for requests that a person waits for: three tries, each with a second to
 * connect, two to be answered, and two without a byte until the answer is whole. Two such calls in a row, with the pauses between, end within 20 seconds.
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
