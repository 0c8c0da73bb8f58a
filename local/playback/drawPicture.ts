import { createHash } from 'node:crypto';

const [WIDTH, HEIGHT] = [640, 360];
const RIDGES = 4;
const POINTS = 8;

/**
 * Draws a landscape as SVG, which stands in for the thumbnails of a channel. The same `channel` has the same colors, and
 * the same `recording` the same hills. `moment` moves the sun.
 */
export function drawPicture(channel: string, recording: string, moment = 0): string {
  const [hue, turn] = [draw(channel, 'hue') * 360, 30 + draw(channel, 'turn') * 60];
  const tone = (part: number, saturation: number, lightness: number) =>
    `hsl(${Math.round(hue + turn * part) % 360} ${saturation}% ${Math.round(lightness)}%)`;
  const sunAt = (draw(recording, 'sun') + moment * 0.013) % 1;
  const [x, y] = [Math.round(WIDTH * (0.1 + 0.8 * sunAt)), Math.round(190 - 130 * Math.sin(Math.PI * sunAt))];
  const size = 22 + Math.round(26 * draw(recording, 'size'));
  const ridges = Array.from({ length: RIDGES }, (_, nth) => {
    const part = nth / (RIDGES - 1);
    return `<path d="${ridge(recording, nth)}" fill="${tone(1 - part, 48, 46 - 32 * part)}"/>`;
  });
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${HEIGHT}" viewBox="0 0 ${WIDTH} ${HEIGHT}">`,
    '<defs><linearGradient id="sky" x2="0" y2="1">',
    `<stop stop-color="${tone(0, 62, 34)}"/><stop offset="1" stop-color="${tone(1.4, 78, 76)}"/>`,
    '</linearGradient></defs>',
    `<rect width="${WIDTH}" height="${HEIGHT}" fill="url(#sky)"/>`,
    `<circle cx="${x}" cy="${y}" r="${size * 2}" fill="#fff" fill-opacity=".12"/>`,
    `<circle cx="${x}" cy="${y}" r="${size}" fill="${tone(1.7, 90, 90)}"/>`,
    ...ridges,
    '</svg>',
  ].join('');
}

/** Returns the outline of a hill range. The nearer ones, with a larger `nth`, are lower and cover the others. */
function ridge(recording: string, nth: number): string {
  const step = WIDTH / (POINTS - 1);
  const points = Array.from({ length: POINTS }, (_, point) => {
    const high = 140 + 52 * nth;
    return [point * step, high + 62 * draw(recording, `ridge ${nth} ${point}`)] as const;
  });
  const [[, first] = [0, 0], ...rest] = points;
  const curves = rest.map(
    ([x, y]) => `S${Math.round(x - step / 2)} ${Math.round(y)} ${Math.round(x)} ${Math.round(y)}`,
  );
  return `M0 ${Math.round(first)}${curves.join('')}V${HEIGHT}H0z`;
}

/** Returns a number from 0 to 1 that depends on the arguments only. */
function draw(...of: readonly string[]): number {
  return createHash('sha256').update(of.join('\n')).digest().readUInt32BE() / 2 ** 32;
}
