import { qualities, type ViewerKind } from '../../model/viewerMinute.ts';

type Named<K extends string> = readonly (readonly [pattern: RegExp, kind: K])[];

// The first that fits: Edge, Opera and Samsung's browser also call themselves Chrome, and Chrome Safari.
const browserNames: Named<ViewerKind<'browser'>> = [
  [/edg/i, 'edge'],
  [/samsung/i, 'samsung'],
  [/opera|opr\b/i, 'opera'],
  [/firefox|fxios/i, 'firefox'],
  [/chrom|crios/i, 'chrome'],
  [/safari/i, 'safari'],
];
// An iPhone says that it is like Mac OS X, and Android that it is Linux.
const systemNames: Named<ViewerKind<'os'>> = [
  [/android/i, 'android'],
  [/ios|ipad|iphone/i, 'ios'],
  [/mac/i, 'macos'],
  [/windows/i, 'windows'],
  [/linux|ubuntu|debian|fedora|chrome ?os|cros/i, 'linux'],
];

/** The kind of a browser by what it is called, or by its user agent. */
export const browserOf = (name: string) => kindOf(browserNames, name);

/** The kind of an operating system by what it is called. */
export const operatingSystemOf = (name: string) => kindOf(systemNames, name);

function kindOf<K extends string>(names: Named<K>, text: string): K | 'other' {
  return names.find(([pattern]) => pattern.test(text))?.[1] ?? 'other';
}

/** The kind of a quality by a player's name for it, as `720p60`; else by the resolution, as `1280x720`. */
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
