import { addMs, startOfMinute, type Timestamp } from '../model/time.ts';
import { kindAttribute, type ViewerMinute } from '../model/viewerMinute.ts';
import type { Random } from './random.ts';
import type { SeedStream } from './seedFile.ts';
import { lengthMs, type Session } from './session.ts';

const MINUTE_MS = 60_000;
const MOST_MINUTES = 12;

/**
 * Returns the viewer metrics of a stream: every minute of a short one, or 12 minutes spread over a long one.
 * The last minute is always included, so a live stream has viewers right after seeding.
 */
export function viewerMinutesOf(
  streamId: string,
  stated: SeedStream | undefined,
  session: Session,
  random: Random,
): ViewerMinute[] {
  const peak = stated?.peakViewers ?? Math.ceil(400 ** random.number.float());
  const last = startOfMinute(addMs(session.shownUntil, -1));
  const minutes = Math.max(1, Math.floor(lengthMs(session) / MINUTE_MS));
  const shown = Math.min(MOST_MINUTES, minutes);
  const progress = Array.from({ length: shown }, (_, nth) => (shown === 1 ? 1 : nth / (shown - 1)));
  // The number of viewers rises until the middle of the stream and then falls.
  const crowd = progress.map(part => 0.3 + 0.7 * Math.sin(Math.PI * part));
  return progress.map((part, nth) => {
    const minute = addMs(last, -Math.round((1 - part) * (minutes - 1)) * MINUTE_MS);
    const viewers = Math.round((peak * (crowd[nth] ?? 0)) / Math.max(...crowd));
    return viewerMinute(streamId, minute, viewers, {
      latencyMs: random.number.int({ min: 2_200, max: 4_800 }),
      bufferMs: random.number.int({ min: 900, max: 2_400 }),
      bitrate: random.number.int({ min: 2_500_000, max: 6_000_000 }),
      framerate: random.helpers.arrayElement([30, 60]),
    });
  });
}

/** How far a minute may be from the line between two others, as a part of it. */
const NOISE = 0.06;

/** A longer stream, which only a seed file can have, keeps the minutes that it has. */
const MOST_FILLED = 1440;

/** Returns the minutes between those of `some`, which are in order. Their values are near the lines between them. */
export function everyMinuteOf(some: readonly ViewerMinute[], random: Random): ViewerMinute[] {
  const [first, last] = [some[0]?.id ?? '', some.at(-1)?.id ?? ''];
  if (Date.parse(last) - Date.parse(first) > MOST_FILLED * MINUTE_MS) return [];
  const peak = Math.max(0, ...some.map(({ viewers }) => viewers));
  return some.slice(1).flatMap((after, nth) => {
    const before = some[nth] ?? after;
    const steps = Math.round((Date.parse(after.id) - Date.parse(before.id)) / MINUTE_MS);
    return Array.from({ length: steps - 1 }, (_, step) => {
      const part = (step + 1) / steps;
      const between = (from: number, to: number) => {
        const noise = 1 + NOISE * (2 * random.number.float() - 1);
        return Math.round((from + (to - from) * part) * noise);
      };
      const averages = measures.map(name => {
        const [from, to] = [before, after].map(row => row[`${name}Sum`] / Math.max(1, row.viewers));
        return [name, between(from ?? 0, to ?? 0)] as const;
      });
      const viewers = Math.min(peak, between(before.viewers, after.viewers));
      const minute = addMs(before.id, (step + 1) * MINUTE_MS);
      return viewerMinute(after.streamId, minute, viewers, Object.fromEntries(averages));
    });
  });
}

const measures = ['latencyMs', 'bufferMs', 'bitrate', 'framerate'] as const;

function viewerMinute(
  streamId: string,
  minute: Timestamp,
  viewers: number,
  averages: Readonly<Record<string, number>>,
): ViewerMinute {
  const sumOf = (name: (typeof measures)[number]) => viewers * (averages[name] ?? 0);
  return {
    streamId,
    id: minute,
    viewers,
    latencyMsSum: sumOf('latencyMs'),
    bufferMsSum: sumOf('bufferMs'),
    bitrateSum: sumOf('bitrate'),
    framerateSum: sumOf('framerate'),
    ...shares(viewers, audience.quality),
    ...shares(viewers, audience.browser),
    ...shares(viewers, audience.os),
    ...shares(viewers, audience.device),
    createdAt: minute,
    updatedAt: minute,
  };
}

/** Each dimension's shares add up to 1. */
const audience = {
  quality: {
    [kindAttribute('quality', '1080p')]: 0.55,
    [kindAttribute('quality', '720p')]: 0.3,
    [kindAttribute('quality', '480p')]: 0.15,
  },
  browser: {
    [kindAttribute('browser', 'chrome')]: 0.6,
    [kindAttribute('browser', 'safari')]: 0.25,
    [kindAttribute('browser', 'firefox')]: 0.15,
  },
  os: {
    [kindAttribute('os', 'windows')]: 0.45,
    [kindAttribute('os', 'ios')]: 0.25,
    [kindAttribute('os', 'android')]: 0.2,
    [kindAttribute('os', 'macos')]: 0.1,
  },
  device: {
    [kindAttribute('device', 'desktop')]: 0.55,
    [kindAttribute('device', 'mobile')]: 0.45,
  },
} as const;

/** Splits `total` by the given fractions, rounded so that the parts add up to `total`. Omits parts of 0. */
function shares(total: number, sizes: Readonly<Record<string, number>>): Record<string, number> {
  let done = 0;
  let reached = 0;
  const parts = Object.entries(sizes).map(([name, size]) => {
    reached += size;
    const part = Math.round(total * reached) - done;
    done += part;
    return [name, part] as const;
  });
  return Object.fromEntries(parts.filter(([, part]) => part > 0));
}
