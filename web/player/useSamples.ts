import { useEffect } from 'preact/hooks';
import { api } from '../data/api.ts';
import type { PlaybackStatistics } from './playback.ts';

const RETRY_MS = 30_000;

/** Browsers by a part of their User-Agent string; the first match counts. */
const browsers = [
  ['Edg/', 'Edge'],
  ['OPR/', 'Opera'],
  ['Firefox/', 'Firefox'],
  ['Chrome/', 'Chrome'],
  ['Safari/', 'Safari'],
] as const;
const systems = [
  ['Android', 'Android'],
  ['iPhone', 'iOS'],
  ['iPad', 'iOS'],
  ['Windows', 'Windows'],
  ['Mac OS', 'macOS'],
  ['Linux', 'Linux'],
] as const;
const found = (names: readonly (readonly [string, string])[]) =>
  names.find(([part]) => navigator.userAgent.includes(part))?.[1] ?? null;

/** Reports to the platform that somebody watches a stream, and how well it plays, as often as the API asks for it. */
export function useSamples(
  username: string,
  streamId: string,
  isWatching: () => boolean,
  statistics: () => PlaybackStatistics,
): void {
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout>;
    let viewerToken: string | undefined;
    let isStopped = false;
    const report = async () => {
      let waitMs = RETRY_MS;
      if (isWatching()) {
        const about = {
          browser: found(browsers),
          os: found(systems),
          isMobile: /Mobi/.test(navigator.userAgent),
        };
        const { timeZone } = Intl.DateTimeFormat().resolvedOptions();
        const body = { ...statistics(), ...about, timezone: timeZone, viewerToken: viewerToken ?? null };
        const params = { path: { username, streamId } };
        const answer = await api
          .POST('/v1/channels/{username}/streams/{streamId}/metrics', { params, body })
          .catch(() => undefined);
        if (answer?.data !== undefined) {
          ({ viewerToken } = answer.data);
          waitMs = answer.data.nextSampleInSeconds * 1000;
        } else if (answer !== undefined) {
          // The token may be too old, after a laptop has slept: join again.
          viewerToken = undefined;
        }
      }
      if (!isStopped) timer = setTimeout(report, waitMs);
    };
    // The first values are there when the first segments have arrived.
    timer = setTimeout(report, 3_000);
    return () => {
      isStopped = true;
      clearTimeout(timer);
    };
  }, [username, streamId]);
}
