import type { IncomingMessage } from 'node:http';

type Incoming = Pick<IncomingMessage, 'headers'> & {
  readonly socket: Pick<IncomingMessage['socket'], 'remoteAddress'>;
};

/**
 * Returns the address that a request came from. The load balancer appends the client's address to
 * `X-Forwarded-For`. Earlier entries come from the client and are not trusted; without a load balancer the
 * whole header is not trusted. The load balancer's own health checks have no such header.
 * https://docs.aws.amazon.com/elasticloadbalancing/latest/application/x-forwarded-headers.html
 */
export function callerAddress(
  { headers, socket }: Incoming,
  behindLoadBalancer: boolean,
): string | undefined {
  // Node joins the lines of a repeated header in order.
  const forwarded = behindLoadBalancer ? String(headers['x-forwarded-for'] ?? '') : '';
  return forwarded.split(',').at(-1)?.trim() || socket.remoteAddress;
}
