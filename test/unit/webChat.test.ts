import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
  add,
  archivedLine,
  type Line,
  MOST_LINES,
  noMessages,
  receivedLine,
  remove,
} from '../../web/chat/messages.ts';

const sender = { userId: 'u1', name: 'ann', isOwner: false, isModerator: false };
const line = (id: string, at: number): Line => ({ id, at, text: `text ${id}`, sender });

describe('the messages of a chat', () => {
  test('are in the order in which they were sent, each once, however they arrive', () => {
    const lines = fc.uniqueArray(fc.tuple(fc.integer({ min: 0, max: 99 }), fc.nat(1_000)), {
      selector: ([id]) => id,
      maxLength: 50,
    });
    fc.assert(
      fc.property(lines, fc.array(fc.nat(), { maxLength: 60 }), (sent, picks) => {
        const all = sent.map(([id, at]) => line(`${id}`, at));
        const arrivals = [...picks.flatMap(pick => all.slice(pick % 50, (pick % 50) + 3)), ...all];
        const shown = arrivals.reduce((messages, one) => add(messages, [one]), noMessages).lines;
        expect(new Set(shown.map(({ id }) => id)).size).toBe(shown.length);
        expect(shown).toHaveLength(all.length);
        expect(shown.map(({ at }) => at)).toEqual(all.map(({ at }) => at).sort((a, b) => a - b));
      }),
    );
  });

  test('are bounded: the newest are kept', () => {
    const many = Array.from({ length: MOST_LINES + 50 }, (_, index) => line(`m${index}`, index));
    const { lines } = add(noMessages, many);
    expect(lines).toHaveLength(MOST_LINES);
    expect(lines.at(-1)?.id).toBe(`m${MOST_LINES + 49}`);
  });

  test('have no text once they are deleted, also if the archive shows them later', () => {
    const deleted = remove(add(noMessages, [line('a', 1)]), 'a');
    expect(deleted.lines[0]?.text).toBeNull();
    const before = remove(noMessages, 'b');
    expect(add(before, [line('b', 2)]).lines[0]?.text).toBeNull();
  });

  test('are signed with the name that the platform gave the sender, not with one in the message', () => {
    const message = {
      id: 'a',
      sendTime: new Date(5),
      content: 'hi',
      attributes: { username: 'owner' },
      sender: { userId: 'u2', attributes: { username: 'bob', role: 'viewer' } },
    };
    expect(receivedLine(message).sender).toMatchObject({ name: 'bob', isOwner: false });
  });

  test('of the archive whose sender is gone are signed as those of a deleted user', () => {
    const archived = {
      id: 'a',
      sentAt: '2026-01-15T20:00:00.000Z',
      offsetMs: 0,
      isDeleted: false,
      content: 'hi',
      attributes: {},
      sender: { userId: 'u3', username: null, displayName: null, color: null, avatarUrl: null },
    };
    expect(archivedLine(archived, 'ann').sender.name).toBe('deleted user');
  });
});
