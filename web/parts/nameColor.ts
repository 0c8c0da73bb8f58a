import { hueOf } from './formatting.ts';

interface ColoredName {
  readonly name: string;
  readonly color?: string | undefined;
}

/** A color in which the name can be read on both themes: the hue of the user's color, or one of the name. */
export function nameColor({ name, color }: ColoredName): string {
  const hue = color === undefined ? hueOf(name) : hueOfColor(color);
  return `light-dark(hsl(${hue} 75% 26%), hsl(${hue} 75% 74%))`;
}

function hueOfColor(color: string): number {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5].map(
    at => Number.parseInt(color.slice(at, at + 2), 16) / 255,
  );
  const most = Math.max(red, green, blue);
  const range = most - Math.min(red, green, blue);
  if (!(range > 0)) return 220;
  const sixth =
    most === red
      ? (green - blue) / range
      : most === green
        ? 2 + (blue - red) / range
        : 4 + (red - green) / range;
  return Math.round((sixth * 60 + 360) % 360);
}
