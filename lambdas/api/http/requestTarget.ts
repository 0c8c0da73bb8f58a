/**
 * A decoded segment of a path, percent-encoded. A URL parser would remove `.` and `..`, encoded or not, and so turn the
 * path into another one: they become a segment that names nothing.
 */
export function encodedSegment(segment: string): string {
  // Half of a surrogate pair cannot be encoded.
  const encoded = encodeURIComponent(segment.toWellFormed());
  return isDots(segment) ? encoded.replaceAll('.', '%252e') : encoded;
}

/**
 * The target of an HTTP/1.1 request as a path and a query that every URL parser reads alike: without the origin that a
 * proxy's client puts first, and without dots, backslashes and fragments that would make it another path.
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
