import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { minuteOf } from '../../model/viewerMinute.ts';
import type { LocalApi } from './localApi.ts';

export interface WatchOptions {
  readonly username: string;
  readonly streamId: string;
  readonly viewers: number;
  readonly lengthMs: number;
  readonly signal?: AbortSignal;
}

const taken = z.object({ viewerToken: z.string() });
const watching = z.object({ viewers: z.number() });

/**
 * Lets viewers join one after another. A player sends a sample every minute, and the API counts the viewers
 * of one minute. So all who have joined send more samples in each minute, until all have sent one in the same minute.
 *
 * @returns a line that reports the API's count
 * @throws ApiRefusedError
 */
export async function watchAsViewers(
  api: LocalApi,
  { username, streamId, viewers, lengthMs, signal }: WatchOptions,
  clock: () => Date = () => new Date(),
): Promise<string> {
  const path = `/channels/${username}/streams/${streamId}`;
  const sendSample = async (viewer: number, viewerToken?: string) => {
    const body = { ...sampleOf(viewer), viewerToken };
    return (await api.call('POST', `${path}/metrics`, taken, { body })).viewerToken;
  };
  let minute = minuteOf(clock());
  const tokens: string[] = [];
  const watchOn = async () => {
    minute = minuteOf(clock());
    for (const [viewer, token] of tokens.entries()) tokens[viewer] = await sendSample(viewer, token);
  };
  for (let viewer = 0; viewer < viewers; viewer++) {
    tokens.push(await sendSample(viewer));
    await sleep(lengthMs / viewers, undefined, signal && { signal });
    if (minute !== minuteOf(clock())) await watchOn();
  }
  while (minute !== minuteOf(clock())) await watchOn();
  const counted = await api.call('GET', `${path}/viewers`, watching);
  return `${viewers} viewers joined; the API counts ${counted.viewers}`;
}

const players = [
  { quality: '1080p60', resolution: '1920x1080', bitrate: 6_000_000, framerate: 60 },
  { quality: '720p60', resolution: '1280x720', bitrate: 2_400_000, framerate: 60 },
  { quality: '480p30', resolution: '852x480', bitrate: 1_200_000, framerate: 30 },
] as const;
const devices = [
  { browser: 'Chrome', os: 'Windows', isMobile: false },
  { browser: 'Mobile Safari', os: 'iOS', isMobile: true },
  { browser: 'Firefox', os: 'Linux', isMobile: false },
  { browser: 'Chrome', os: 'Android', isMobile: true },
] as const;

/** The sample of a viewer's player. Viewers have different devices, qualities and latencies. */
function sampleOf(viewer: number): object {
  return {
    ...players[viewer % players.length],
    ...devices[viewer % devices.length],
    latencyMs: 2_500 + 130 * (viewer % 11),
    bufferMs: 1_500 + 90 * (viewer % 7),
    codecs: 'avc1.64002A,mp4a.40.2',
    timezone: 'Europe/Paris',
  };
}
