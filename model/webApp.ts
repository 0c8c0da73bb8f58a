/** Hosts that pages of the web app load from, besides their own origin. */
export interface WebAppSources {
  /** URLs of chat and of the video service, without paths. */
  readonly connect: readonly string[];
  /** Origins of pictures and videos: recordings and thumbnails. */
  readonly media: readonly string[];
}

/**
 * Returns the security headers of the web app, by name. Its pages contain no inline script or style, so that text of
 * users cannot become one.
 */
export function webAppHeaders({ connect, media }: WebAppSources) {
  const policy = {
    'default-src': ["'none'"],
    'base-uri': ["'none'"],
    'connect-src': ["'self'", ...connect, ...media],
    'font-src': ["'self'"],
    'form-action': ["'self'"],
    'frame-ancestors': ["'none'"],
    'img-src': ["'self'", 'data:', 'blob:', ...media],
    // Players pass video to the browser as blob: URLs, and unpack it in workers.
    'media-src': ["'self'", 'blob:', ...media],
    'script-src': ["'self'"],
    'style-src': ["'self'"],
    'worker-src': ["'self'", 'blob:'],
  };
  return {
    'Content-Security-Policy': Object.entries(policy)
      .map(([directive, sources]) => `${directive} ${[...new Set(sources)].join(' ')}`)
      .join('; '),
    'Permissions-Policy':
      'camera=(self), display-capture=(self), microphone=(self), geolocation=(), payment=()',
    'Referrer-Policy': 'strict-origin-when-cross-origin',
    'X-Content-Type-Options': 'nosniff',
    'X-Frame-Options': 'DENY',
  } as const;
}

/** The paths on the address of the web app that belong to the API and to recordings. */
export const API_PATH = '/v1/';
export const RECORDINGS_PATH = '/ivs/';

/** The path of files whose names contain a hash of their content. */
export const HASHED_FILES = '/assets/';

/** `Cache-Control` of hashed files, which never change, and of all others. */
export const webAppCaching = {
  hashed: 'public, max-age=31536000, immutable',
  others: 'public, max-age=60',
} as const;

/**
 * Matches the paths of pages, which are answered with `index.html`. The last part of a file's path has a dot. A missing
 * script must not be answered with a page.
 */
export const pagePath = /^(?!\/assets\/)(?:.*\/)?[^/.]*$/;

/** The paths of the pages. */
export const webPages = [
  '/',
  '/categories',
  '/categories/:id',
  '/c/:username',
  '/c/:username/streams/:streamId',
  '/c/:username/moderation',
  '/recordings',
  '/stages',
  '/settings',
  '/search',
  '/following',
  '/moderating',
  '/dashboard/*?',
  '/sign-in',
  '/sign-up',
  '/lost-password',
] as const;
