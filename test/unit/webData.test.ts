import { describe, expect, test } from '@jest/globals';
import type { Channel } from '../../web/data/channel.ts';
import { withState } from '../../web/data/channelState.ts';
import { serverClock } from '../../web/data/clock.ts';
import { fieldErrorsOf, type Problem, ProblemError, sentenceOf } from '../../web/data/problems.ts';
import { clockTime, timeAgo } from '../../web/parts/formatting.ts';

const HOUR = 3_600_000;
const at = Date.parse('2026-01-15T20:00:00Z');
const dated = (ms: number) => new Date(ms).toUTCString();

describe('the clock of the web app', () => {
  test('shows the time of the server on a computer whose clock is an hour slow', () => {
    const clock = serverClock(() => at - HOUR);
    clock.observe(dated(at));
    expect(clock.now()).toBe(at);
  });

  test('has whole milliseconds, which the API demands, although pages count parts of them', () => {
    const clock = serverClock(() => at + 0.3);
    expect(clock.now()).toBe(at);
  });

  test('does not go back when an answer comes from a cache', () => {
    const clock = serverClock(() => at + HOUR);
    clock.observe(dated(at));
    clock.observe(dated(at - 60_000));
    expect(clock.now()).toBe(at);
  });

  test('follows the computer until an answer has a date', () => {
    const clock = serverClock(() => at);
    clock.observe(null);
    clock.observe('soon');
    expect(clock.now()).toBe(at);
  });

  test('is right again with the first answer after the computer slept', () => {
    let elapsed = at - HOUR;
    const clock = serverClock(() => elapsed);
    clock.observe(dated(at));
    // While it sleeps, the time that the page counts stands still.
    clock.observe(dated(at + 8 * HOUR));
    elapsed += 1_000;
    expect(clock.now()).toBe(at + 8 * HOUR + 1_000);
  });
});

describe('times', () => {
  test.each([
    [-5_000, '0:00'],
    [5_000, '0:05'],
    [65_000, '1:05'],
    [HOUR + 65_000, '1:01:05'],
    [30 * HOUR, '30:00:00'],
  ])('a duration of %d ms reads %s', (ms, text) => expect(clockTime(ms)).toBe(text));

  test('a point in time after now is not shown as the future', () => {
    expect(timeAgo(at + HOUR, at)).toBe('just now');
    expect(timeAgo(at - 2 * HOUR, at)).toBe('2 hours ago');
  });
});

describe('the state of a channel', () => {
  const stream = { id: 'st-1', title: 'yoga', categoryId: null, startedAt: dated(at), viewers: 3 };
  const offline = { id: 'ch-1', title: 'yoga', isLive: false, stream: null } as unknown as Channel;
  const live = { ...offline, isLive: true, stream } as unknown as Channel;
  const event = (isLive: boolean) => ({ id: 'e', version: 2, at: dated(at), channelId: 'ch-1', isLive });
  const told = {
    live: { state: { ...event(true), title: 'kites', streamId: 'st-1', startedAt: dated(at) }, at },
    offline: { state: { ...event(false), title: 'kites' }, at },
  };

  test('is that of an event, although the API answered with an older one after it', () => {
    expect(withState(offline, told.live, at + 2_000)).toMatchObject({ isLive: true, stream: { id: 'st-1' } });
    expect(withState(live, told.offline, at + 2_000)).toMatchObject({ isLive: false, stream: null });
    expect(withState(live, told.live, at)).toMatchObject({ stream: { title: 'kites', viewers: 3 } });
  });

  test('does not stay that of an event for ever: the server was gone when the next one was sent', () => {
    expect(withState(offline, told.live, at + 60_000).isLive).toBe(false);
    expect(withState(live, told.offline, at + 60_000).isLive).toBe(true);
  });

  test('of another channel changes nothing', () => {
    expect(withState({ ...live, id: 'ch-2' }, told.offline, at).isLive).toBe(true);
  });
});

const problem: Problem = {
  type: 'urn:problem-type:conflict',
  title: 'Conflict',
  status: 409,
  detail: 'the username is taken',
  instance: 'urn:request:1',
};

describe('problems', () => {
  test('a refusal is explained by its reason', () => {
    expect(sentenceOf(new ProblemError({ ...problem, reason: 'username-taken' }))).toBe(
      'This name is taken.',
    );
  });

  test('a ban is explained with its end', () => {
    const banned = new ProblemError({
      ...problem,
      reason: 'banned',
      parameters: { until: '2026-01-15T20:00:00Z' },
    });
    expect(sentenceOf(banned)).toMatch(/until .*2026/);
  });

  test('a reason that names a field is shown at the field', () => {
    const taken = new ProblemError({
      ...problem,
      reason: 'username-taken',
      parameters: { field: 'username' },
    });
    expect(fieldErrorsOf(taken)).toEqual({ username: 'This name is taken.' });
  });

  test('a reason that this version does not know is explained by the detail', () => {
    const unknown = { ...problem, reason: 'new-reason' } as unknown as Problem;
    expect(sentenceOf(new ProblemError(unknown))).toBe('the username is taken');
  });
});
