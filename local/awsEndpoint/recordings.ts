import { type AwsReply, type AwsRequest, json } from './http.ts';

/** The path that replaces CloudFront. Local mode records nothing. */
export const RECORDINGS_PATH = '/_local/recordings';

// The requesting pages have another origin.
const anyOrigin = { 'access-control-allow-origin': '*' };

/** Answers every thumbnail request with a placeholder image, and every other request with 404. */
export function recordings({ method, url }: AwsRequest): AwsReply {
  if (method !== 'GET' && method !== 'HEAD') return json(405, { message: 'recordings can only be read' });
  if (!url.pathname.endsWith('/thumb.jpg')) {
    return json(404, { message: 'nothing is recorded in local mode' }, anyOrigin);
  }
  const headers = { ...anyOrigin, 'content-type': 'image/svg+xml', 'cache-control': 'max-age=60' };
  return { status: 200, headers, body: method === 'HEAD' ? '' : placeholder };
}

// The path ends with .jpg, but browsers read the content type.
const placeholder = [
  '<svg xmlns="http://www.w3.org/2000/svg" width="1280" height="720" viewBox="0 0 1280 720">',
  '<rect width="1280" height="720" fill="#232f3e"/>',
  '<path d="M560 260v200l170-100z" fill="#ff9900"/>',
  '<text x="640" y="580" fill="#ffffff" font-family="sans-serif" font-size="44" text-anchor="middle">',
  'local mode: nothing is recorded</text></svg>',
].join('');
