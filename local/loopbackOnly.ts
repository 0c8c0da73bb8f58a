import type { IncomingMessage, RequestListener } from 'node:http';
import type { Duplex } from 'node:stream';

/** Handles a WebSocket upgrade request. */
export type UpgradeListener = (request: IncomingMessage, socket: Duplex, head: Buffer) => void;

/**
 * Rejects requests whose `Host` is not a loopback name. A web page can resolve its own domain to 127.0.0.1
 * (DNS rebinding). The browser then treats the answer as same-origin, so the page could read it.
 */
export function loopbackOnly(listener: RequestListener): RequestListener {
  return (request, response) => {
    const { host } = request.headers;
    if (!isForeign(host)) return listener(request, response);
    const detail = `local mode answers to localhost only, not to ${JSON.stringify(host)}`;
    const body = { type: 'about:blank', title: 'Forbidden', status: 403, detail, message: detail };
    // The rest of the request body is not read.
    response.writeHead(403, { 'content-type': 'application/problem+json', connection: 'close' });
    response.end(JSON.stringify(body));
  };
}

/** Rejects WebSocket upgrades whose `Host` is not a loopback name. */
export function loopbackUpgradesOnly(upgrade: UpgradeListener): UpgradeListener {
  return (request, socket, head) => {
    if (!isForeign(request.headers.host)) return upgrade(request, socket, head);
    socket.on('error', () => {});
    socket.end('HTTP/1.1 403 Forbidden\r\nConnection: close\r\nContent-Length: 0\r\n\r\n');
  };
}

/**
 * Returns whether a browser sent the request from a page of another origin. SDKs and the CLI send neither
 * header. Browsers send `Sec-Fetch-Site` with every request to loopback, and `Origin` with all except simple
 * reads.
 */
export function isOfAnotherOrigin({ headers }: Pick<IncomingMessage, 'headers'>): boolean {
  if (headers.host !== undefined && !URL.canParse(`http://${headers.host}`)) return true;
  const site = headers['sec-fetch-site'];
  if (site !== undefined && site !== 'same-origin' && site !== 'none') return true;
  return headers.origin !== undefined && headers.origin !== `http://${headers.host}`;
}

/**
 * Returns whether a `Host` is not a loopback name: localhost, a name under it (RFC 6761), 127.0.0.0/8 or ::1.
 * A missing or malformed `Host` is not foreign: no browser sends one, and the listener answers the request.
 */
function isForeign(host: string | undefined): boolean {
  if (host === undefined || !URL.canParse(`http://${host}`)) return false;
  const { hostname } = new URL(`http://${host}`);
  return !/^(.+\.)?localhost$|^127(\.\d+){3}$|^\[::1\]$/.test(hostname);
}
