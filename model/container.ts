/** What the container and the load balancer before it have to agree on. */

/** Where the container listens, when `PORT` says nothing else. */
export const CONTAINER_PORT = 8080;

/** The environment variable that says whether every request comes through the load balancer: `true` or `false`. */
export const BEHIND_LOAD_BALANCER_VARIABLE = 'BEHIND_LOAD_BALANCER';

/** Seconds. Each is longer than the one before it, for the reason that it gives. */
export const containerSeconds = {
  /** For how long the API may take to answer: as long as its functions may. */
  answer: 20,
  /** For how long requests may go on after the signal to end: as long as an answer takes, and a little more. */
  grace: 25,
  /** After how long ECS kills what has not ended, and for how long no new requests come before it says so. */
  stop: 30,
  /** For how long the load balancer keeps a connection on which nothing is said. */
  balancerIdle: 60,
  /**
   * For how long the container does. If it were the first to close, the load balancer could be sending a request just
   * then, and would answer it with a 502.
   * https://docs.aws.amazon.com/elasticloadbalancing/latest/application/edit-load-balancer-attributes.html
   */
  keepAlive: 65,
} as const;
