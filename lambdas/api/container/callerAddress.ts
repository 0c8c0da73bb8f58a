import type { IncomingMessage } from 'node:http';

type Incoming = Pick<IncomingMessage, 'headers'> & {
  readonly socket: Pick<IncomingMessage['socket'], 'remoteAddress'>;
};

/**
 * The address a request came from. The load balancer adds the one it sees to the end of `X-Forwarded-For`: what stands
 * before that is the caller's own word, and so is all of it where there is no load balancer. Its own health checks
 * have no such header, and count for itself.
 * https://docs.aws.amazon.com/elasticloadbalancing/latest/application/x-forwarded-headers.html
 */
export function callerAddress(
  { headers, socket }: Incoming,
  behindLoadBalancer: boolean,
): string | undefined {
  // Node joins the lines of a header that comes more than once, in their order.
  const forwarded = behindLoadBalancer ? String(headers['x-forwarded-for'] ?? '') : '';
  return forwarded.split(',').at(-1)?.trim() || socket.remoteAddress;
}
