/**
 * Percent-encodes a decoded path segment. URL parsers remove `.` and `..`, also when encoded, which would
 * change the path. They are encoded twice, so that they match no resource.
 */
export function encodedSegment(segment: string): string {
  // A lone surrogate cannot be encoded.
  const encoded = encodeURIComponent(segment.toWellFormed());
  return isDots(segment) ? encoded.replaceAll('.', '%252e') : encoded;
}

/**
 * Converts the target of an HTTP/1.1 request to a path and a query that every URL parser reads in the same
 * way: without the origin that a proxy's client adds, and without dot segments, backslashes and fragments
 * that would change the path.
 */
export function originForm(target: string): string {
  const local = target.replace(/^https?:\/\/[^/?#]*/i, '');
  const [path = '', ...query] = local.replaceAll('#', '%23').split('?');
  if (path !== '' && !path.startsWith('/')) return `/${encodeURIComponent(target.toWellFormed())}`;
  const segments = path.replaceAll('\\', '%5C').split('/');
  const literal = segments.map(segment =>
    isDots(segment.replaceAll(/%2e/gi, '.')) ? segment.replaceAll(/\.|%2e/gi, '%252e') : segment,
  );
  return [literal.join('/') || '/', ...query].join('?');
}

const isDots = (segment: string) => segment === '.' || segment === '..';
