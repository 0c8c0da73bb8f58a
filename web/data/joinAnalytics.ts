import type { components } from '../../client/index.ts';

export type Analytics = Omit<components['schemas']['Analytics'], 'nextFrom'>;
export type AnalyticsMinute = components['schemas']['AnalyticsMinute'];
type Averages = components['schemas']['ViewerAverages'];
type Shares = Analytics['shares'];
type Share = Shares[keyof Shares][number];

/** Joins the answers about the days of a long stream. */
export function joinAnalytics(parts: readonly Analytics[]): Analytics {
  return {
    minutes: parts.flatMap(({ minutes }) => minutes),
    encoder: parts.find(({ encoder }) => encoder !== null)?.encoder ?? null,
    peakViewers: Math.max(0, ...parts.map(({ peakViewers }) => peakViewers)),
    viewerMinutes: sum(parts.map(({ viewerMinutes }) => viewerMinutes)),
    averages: {
      latencyMs: joinAverage(parts, 'latencyMs'),
      bufferMs: joinAverage(parts, 'bufferMs'),
      bitrate: joinAverage(parts, 'bitrate'),
      framerate: joinAverage(parts, 'framerate'),
    },
    shares: {
      quality: joinShares(parts.map(({ shares }) => shares.quality)),
      browser: joinShares(parts.map(({ shares }) => shares.browser)),
      os: joinShares(parts.map(({ shares }) => shares.os)),
      device: joinShares(parts.map(({ shares }) => shares.device)),
    },
  };
}

/** The API does not tell how many players reported a value, so each part counts by its viewers. */
function joinAverage(parts: readonly Analytics[], measure: keyof Averages): number | null {
  const known = parts.flatMap(({ averages, viewerMinutes }) => {
    const value = averages[measure];
    return value === null ? [] : [{ value, weight: viewerMinutes }];
  });
  const weight = sum(known.map(part => part.weight));
  return weight === 0 ? (known[0]?.value ?? null) : sum(known.map(part => part.value * part.weight)) / weight;
}

function joinShares<S extends Share>(parts: readonly (readonly S[])[]): S[] {
  const all = parts.flat();
  const total = sum(all.map(({ viewerMinutes }) => viewerMinutes));
  return [...new Set(all.map(({ kind }) => kind))].flatMap(kind => {
    const same = all.filter(share => share.kind === kind);
    const viewerMinutes = sum(same.map(share => share.viewerMinutes));
    return same
      .slice(0, 1)
      .map(share => ({ ...share, viewerMinutes, share: total && viewerMinutes / total }));
  });
}

const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);
