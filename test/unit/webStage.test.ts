import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
  afterChange,
  type ParticipantInfo,
  type Participants,
  publishersOf,
  type StageChange,
} from '../../web/stage/participants.ts';

const info = (id: string, more: Partial<ParticipantInfo> = {}): ParticipantInfo => ({
  id,
  attributes: { username: id },
  isLocal: false,
  ...more,
});
const stream = (id: string, streamType: string, isMuted = false) => ({
  id,
  streamType,
  isMuted,
  mediaStreamTrack: `track ${id}`,
});
const peopleAfter = (...changes: StageChange<string>[]): Participants<string> =>
  changes.reduce<Participants<string>>(afterChange, new Map());

describe('the people on a stage', () => {
  test('are those whose video or sound arrives, the user of the page first', () => {
    const people = peopleAfter(
      { kind: 'joined', info: info('ann') },
      { kind: 'joined', info: info('viewer') },
      { kind: 'added', info: info('ann'), streams: [stream('a1', 'audio')] },
      { kind: 'added', info: info('me', { isLocal: true }), streams: [stream('m1', 'video')] },
    );
    expect(publishersOf(people).map(({ id }) => id)).toEqual(['me', 'ann']);
    expect([...people.keys()]).toEqual(['ann', 'viewer', 'me']);
  });

  test('have the names that the platform gave them', () => {
    const names = [
      { username: 'ann', displayName: 'Ann Lee' },
      { username: 'bob', displayName: '' },
      { username: 7 },
      {},
    ].map((attributes, index) => info(`p${index}`, { attributes }));
    const people = peopleAfter(...names.map(one => ({ kind: 'joined', info: one }) as const));
    expect([...people.values()].map(({ name }) => name)).toEqual(['Ann Lee', 'bob', 'guest', 'guest']);
  });

  test('keep the stream that replaced another one, whichever is told first', () => {
    const [old, next] = [stream('v1', 'video'), stream('v2', 'video')];
    const first = peopleAfter(
      { kind: 'added', info: info('ann'), streams: [old] },
      { kind: 'added', info: info('ann'), streams: [next] },
      { kind: 'removed', info: info('ann'), streams: [old] },
    );
    expect(first.get('ann')?.video).toEqual({ id: 'v2', isMuted: false, mediaStreamTrack: 'track v2' });
    const muted = afterChange(first, {
      kind: 'changed',
      info: info('ann'),
      streams: [stream('v2', 'video', true)],
    });
    expect(muted.get('ann')?.video?.isMuted).toBe(true);
    expect(
      afterChange(muted, { kind: 'removed', info: info('ann'), streams: [next] }).get('ann')?.video,
    ).toBeUndefined();
  });

  test('are not changed by streams that are neither video nor sound', () => {
    const people = peopleAfter({ kind: 'added', info: info('ann'), streams: [stream('s1', 'subtitle')] });
    expect(publishersOf(people)).toEqual([]);
  });

  test('are right whatever is told twice, and gone when they have left', () => {
    const kinds = fc.constantFrom('joined', 'left', 'added', 'removed');
    const told = fc.record({
      kind: kinds,
      id: fc.constantFrom('a', 'b'),
      type: fc.constantFrom('audio', 'video'),
    });
    fc.assert(
      fc.property(fc.array(told, { maxLength: 30 }), list => {
        let people: Participants<string> = new Map();
        const expected = new Map<string, Set<string>>();
        for (const { kind, id, type } of list) {
          const change = {
            kind,
            info: info(id),
            streams: [stream(`${id} ${type}`, type)],
          } as StageChange<string>;
          people = afterChange(afterChange(people, change), change);
          if (kind === 'left') expected.delete(id);
          else expected.set(id, expected.get(id) ?? new Set());
          if (kind === 'added') expected.get(id)?.add(type);
          if (kind === 'removed') expected.get(id)?.delete(type);
        }
        const shown = [...people.values()].map(({ id, audio, video }) => [
          id,
          audio !== undefined,
          video !== undefined,
        ]);
        expect(shown).toEqual(
          [...expected].map(([id, types]) => [id, types.has('audio'), types.has('video')]),
        );
      }),
    );
  });
});
