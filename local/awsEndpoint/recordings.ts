import { type AwsReply, type AwsRequest, json } from './exchange.ts';

/** Where the stack has CloudFront, local mode has this: nothing is recorded here. */
export const RECORDINGS_PATH = '/_local/recordings';

// The pages that ask are of another origin.
const anyOrigin = { 'access-control-allow-origin': '*' };

/** A picture for every thumbnail, so that cards have something to show, and a 404 for all that is played. */
export function recordings({ method, url }: AwsRequest): AwsReply {
  if (method !== 'GET' && method !== 'HEAD') return json(405, { message: 'recordings can only be read' });
  if (!url.pathname.endsWith('/thumb.jpg')) {
    return json(404, { message: 'nothing is recorded in local mode' }, anyOrigin);
  }
  const headers = { ...anyOrigin, 'content-type': 'image/svg+xml', 'cache-control': 'max-age=60' };
  return { status: 200, headers, body: method === 'HEAD' ? '' : placeholder };
}

// Browsers go by the content type and not by the name.
const placeholder = [
  '<svg xmlns="http://www.w3.org/2000/svg" width="1280" height="720" viewBox="0 0 1280 720">',
  '<rect width="1280" height="720" fill="#232f3e"/>',
  '<path d="M560 260v200l170-100z" fill="#ff9900"/>',
  '<text x="640" y="580" fill="#ffffff" font-family="sans-serif" font-size="44" text-anchor="middle">',
  'local mode: nothing is recorded</text></svg>',
].join('');
