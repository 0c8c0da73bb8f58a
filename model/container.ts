/** Settings on which the container and its load balancer must agree. */

/** The port on which the container listens when `PORT` is not set. */
export const CONTAINER_PORT = 8080;

/**
 * The environment variable that is `true` when every request passes through the load balancer, otherwise
 * `false`.
 */
export const BEHIND_LOAD_BALANCER_VARIABLE = 'BEHIND_LOAD_BALANCER';

/** Durations in seconds. Each must be longer than the one before it; its comment states why. */
export const containerSeconds = {
  /** The timeout of a request: the same as that of the API's Lambda functions. */
  answer: 20,
  /** How long running requests may continue after the stop signal: the timeout of a request plus a margin. */
  grace: 25,
  /** How long ECS waits before it kills the container. Also the load balancer's deregistration delay. */
  stop: 30,
  /** The load balancer's idle timeout. */
  balancerIdle: 60,
  /**
   * The container's keep-alive timeout. If the container closed an idle connection first, the load balancer
   * could be sending a request on it and would answer that request with 502.
   * https://docs.aws.amazon.com/elasticloadbalancing/latest/application/edit-load-balancer-attributes.html
   */
  keepAlive: 65,
} as const;
