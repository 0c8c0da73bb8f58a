import { describe, expect, test } from '@jest/globals';
import { completeMinutes, summaryOf, tableOf } from '../../web/charts/chartData.ts';
import { type Analytics, type AnalyticsMinute, joinAnalytics } from '../../web/data/joinAnalytics.ts';
import type { StreamEvent } from '../../web/data/stream.ts';
import {
  codecName,
  durationInWords,
  megabitsOf,
  secondsOf,
} from '../../web/pages/dashboard/streams/values.ts';
import { eventText } from '../../web/pages/dashboard/timeline/eventTexts.ts';

const start = Date.parse('2026-01-15T20:00:00Z');
const MINUTE = 60_000;
const notMeasured = { videoBitrate: null, framerate: null, keyframeIntervalSeconds: null };
const unknown = { latencyMs: null, bufferMs: null, bitrate: null, framerate: null };

function minute(index: number, part: Partial<AnalyticsMinute> = {}): AnalyticsMinute {
  const at = new Date(start + index * MINUTE).toISOString();
  return { minute: at, viewers: index, chatMessages: 1, averages: unknown, ingest: notMeasured, ...part };
}
const minutes = (count: number) => Array.from({ length: count }, (_, index) => minute(index));

describe('the data of charts', () => {
  test('leaves out the current minute, which has only a part of its viewers', () => {
    expect(completeMinutes(minutes(3), start + 2 * MINUTE + 30_000)).toHaveLength(2);
    expect(completeMinutes(minutes(3), start + 3 * MINUTE)).toHaveLength(3);
  });

  test('has something to show in the first minute', () => {
    expect(completeMinutes(minutes(1), start + 5_000)).toHaveLength(1);
    expect(completeMinutes([], start)).toEqual([]);
  });

  test('a sentence names the first of the highest values, and skips what no player reported', () => {
    expect(summaryOf([null, 2, 8, 8, null, 6, null])).toEqual({
      highest: 8,
      highestAt: 2,
      average: 6,
      last: 6,
    });
    expect(summaryOf([0, 0])).toMatchObject({ highest: 0, highestAt: 0 });
    expect(summaryOf([null])).toBeUndefined();
  });

  test('a table has at most 48 rows for a stream of up to four days', () => {
    for (const count of [1, 48, 49, 60, 481, 1_440, 5_760]) {
      const rows = tableOf(minutes(count));
      expect(rows.length).toBeLessThanOrEqual(48);
      expect(rows[0]?.at).toBe(start);
      expect(rows.at(-1)?.viewers).toBe(count - 1);
      expect(rows.reduce((total, { chatMessages }) => total + chatMessages, 0)).toBe(count);
    }
    expect(tableOf([])).toEqual([]);
  });

  test('the average of a row counts each minute by its viewers', () => {
    const busy = { viewers: 30, averages: { ...unknown, latencyMs: 2_000 } };
    const calm = { viewers: 10, averages: { ...unknown, latencyMs: 6_000 } };
    const part = [minute(0, busy), minute(1, calm), ...minutes(58).map(one => ({ ...one, viewers: 0 }))];
    expect(tableOf(part)[0]).toMatchObject({ viewers: 30, latencyMs: 3_000, bitrate: null });
  });
});

describe('the analytics of a long stream', () => {
  const nobody = { quality: [], browser: [], os: [], device: [] };
  const day = (part: Partial<Analytics>): Analytics => ({
    minutes: minutes(1),
    encoder: null,
    peakViewers: 0,
    viewerMinutes: 0,
    averages: unknown,
    shares: nobody,
    ...part,
  });
  const browser = (kind: 'chrome' | 'safari', viewerMinutes: number, share: number) => ({
    kind,
    viewerMinutes,
    share,
  });

  test('are joined from several answers', () => {
    const joined = joinAnalytics([
      day({
        peakViewers: 5,
        viewerMinutes: 30,
        averages: { ...unknown, latencyMs: 2_000 },
        shares: { ...nobody, browser: [browser('chrome', 30, 1)] },
      }),
      day({
        peakViewers: 9,
        viewerMinutes: 10,
        averages: { ...unknown, latencyMs: 6_000 },
        shares: { ...nobody, browser: [browser('chrome', 5, 0.5), browser('safari', 5, 0.5)] },
      }),
    ]);
    expect(joined).toMatchObject({
      peakViewers: 9,
      viewerMinutes: 40,
      averages: { latencyMs: 3_000, bitrate: null },
      shares: { browser: [browser('chrome', 35, 0.875), browser('safari', 5, 0.125)], os: [] },
    });
    expect(joined.minutes).toHaveLength(2);
  });

  test('one answer stays as it is', () => {
    const one = day({ peakViewers: 2, viewerMinutes: 4, averages: { ...unknown, bitrate: 1_000 } });
    expect(joinAnalytics([one])).toEqual(one);
  });
});

describe('the timeline of a stream', () => {
  const event = (name: string, detail: StreamEvent['detail'] = {}, detailType = 'IVS Stream State Change') =>
    eventText({ id: '1', time: '2026-01-15T20:00:00Z', name, detailType, detail });

  test('tells what to do about an exceeded limit, with both numbers', () => {
    const limit = { limitValue: 8_500_000, exceededBy: 120_000, limitUnit: 'bits per second' };
    expect(event('Ingest Bitrate', limit, 'IVS Limit Breach')).toMatchObject({
      meaning: expect.stringMatching(/^8\.62 Mbit\/s instead of at most 8\.5 Mbit\/s\. Lower the bitrate/),
      tone: 'bad',
    });
  });

  test('shows the reason that IVS gives', () => {
    expect(event('Stream Failure', { reason: 'Transcode capacity exceeded.' }).meaning).toBe(
      'Transcode capacity exceeded.',
    );
    expect(event('Session Ended', { code: 'MultitrackInputNotAllowed' })).toMatchObject({ tone: 'bad' });
    expect(event('Session Ended')).toMatchObject({ tone: 'neutral' });
  });

  test('shows events and limits that the app does not know', () => {
    expect(event('Stream Paused')).toEqual({ title: 'Stream Paused', meaning: '', tone: 'neutral' });
    expect(event('Ingest Frames', {}, 'IVS Limit Breach')).toMatchObject({ tone: 'bad' });
  });
});

test('codecs have their common names', () => {
  expect(['avc1.64002A', 'hvc1.1.6.L93', 'mp4a.40.2', 'vp09.00', ''].map(codecName)).toEqual([
    'H.264',
    'H.265',
    'AAC',
    'vp09.00',
    '',
  ]);
});

test('values have a unit', () => {
  expect([secondsOf(3_240), megabitsOf(2_400_000)]).toEqual(['3.2 s', '2.4 Mbit/s']);
  expect([5_000, 61_000, 3 * 3_600_000 + 20 * MINUTE, 250 * 3_600_000].map(durationInWords)).toEqual([
    '5 s',
    '1 min',
    '3 h 20 min',
    '250 h',
  ]);
});
