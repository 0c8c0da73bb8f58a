import type { IncomingMessage, RequestListener } from 'node:http';
import type { Duplex } from 'node:stream';

/** Takes a connection that asks to be a WebSocket. */
export type UpgradeListener = (request: IncomingMessage, socket: Duplex, head: Buffer) => void;

/**
 * Refuses requests whose `Host` is not a name of this machine. A page of the internet can point a name of its own at
 * 127.0.0.1 (DNS rebinding): to the browser it has the origin of that page, which may then read the answer.
 */
export function loopbackOnly(listener: RequestListener): RequestListener {
  return (request, response) => {
    const { host } = request.headers;
    if (!isForeign(host)) return listener(request, response);
    const detail = `local mode answers to localhost only, not to ${JSON.stringify(host)}`;
    const body = { type: 'about:blank', title: 'Forbidden', status: 403, detail, message: detail };
    // The rest of a body that is under way is not read.
    response.writeHead(403, { 'content-type': 'application/problem+json', connection: 'close' });
    response.end(JSON.stringify(body));
  };
}

/** The same for WebSockets. */
export function loopbackUpgradesOnly(upgrade: UpgradeListener): UpgradeListener {
  return (request, socket, head) => {
    if (!isForeign(request.headers.host)) return upgrade(request, socket, head);
    socket.on('error', () => {});
    socket.end('HTTP/1.1 403 Forbidden\r\nConnection: close\r\nContent-Length: 0\r\n\r\n');
  };
}

/**
 * Whether a browser sends the request for a page of another origin. SDKs and the CLI send neither header; browsers send
 * `Sec-Fetch-Site` with every request to loopback, and `Origin` with all but simple reads.
 */
export function isOfAnotherOrigin({ headers }: Pick<IncomingMessage, 'headers'>): boolean {
  if (headers.host !== undefined && !URL.canParse(`http://${headers.host}`)) return true;
  const site = headers['sec-fetch-site'];
  if (site !== undefined && site !== 'same-origin' && site !== 'none') return true;
  return headers.origin !== undefined && headers.origin !== `http://${headers.host}`;
}

/**
 * Whether a `Host` names something else than this machine: localhost, a name under it (RFC 6761), 127.0.0.0/8 or ::1. One
 * that is missing or malformed comes from no browser, and the listener answers it.
 */
function isForeign(host: string | undefined): boolean {
  if (host === undefined || !URL.canParse(`http://${host}`)) return false;
  const { hostname } = new URL(`http://${host}`);
  return !/^(.+\.)?localhost$|^127(\.\d+){3}$|^\[::1\]$/.test(hostname);
}
