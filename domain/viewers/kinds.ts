import { qualities, type ViewerKind } from '../../model/viewerMinute.ts';

type Named<K extends string> = readonly (readonly [pattern: RegExp, kind: K])[];

// The first match counts: Edge, Opera and Samsung's browser also contain Chrome in their names, and Chrome
// contains Safari.
const browserNames: Named<ViewerKind<'browser'>> = [
  [/edg/i, 'edge'],
  [/samsung/i, 'samsung'],
  [/opera|opr\b/i, 'opera'],
  [/firefox|fxios/i, 'firefox'],
  [/chrom|crios/i, 'chrome'],
  [/safari/i, 'safari'],
];
// An iPhone's name contains Mac OS X, and Android's contains Linux.
const systemNames: Named<ViewerKind<'os'>> = [
  [/android/i, 'android'],
  [/ios|ipad|iphone/i, 'ios'],
  [/mac/i, 'macos'],
  [/windows/i, 'windows'],
  [/linux|ubuntu|debian|fedora|chrome ?os|cros/i, 'linux'],
];

/** Returns the kind of a browser by its name or user agent. */
export const browserOf = (name: string) => kindOf(browserNames, name);

/** Returns the kind of an operating system by its name. */
export const operatingSystemOf = (name: string) => kindOf(systemNames, name);

function kindOf<K extends string>(names: Named<K>, text: string): K | 'other' {
  return names.find(([pattern]) => pattern.test(text))?.[1] ?? 'other';
}

/**
 * Returns the kind of a quality by a player's name for it (`720p60`), otherwise by the resolution
 * (`1280x720`).
 */
export function qualityOf(
  name: string | undefined,
  resolution: string | undefined,
): ViewerKind<'quality'> | undefined {
  const [, lines] = /^(\d+)p/.exec(name ?? '') ?? [];
  const sides = resolution?.split('x').map(Number) ?? [];
  const height = lines ?? (sides.length === 0 ? undefined : Math.min(...sides));
  if (height === undefined) return name === undefined ? undefined : 'other';
  return qualities.find(quality => quality === `${height}p`) ?? 'other';
}
