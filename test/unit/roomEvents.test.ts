import { readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { eventsDocument } from '../../client/eventsDocument.ts';
import { sendGuestEvent } from '../../domain/stages/guestEvents.ts';
import { budgetOf } from '../../ivs/budget.ts';
import { attributesOf, channelState, roomEvents } from '../../model/roomEvents.ts';

const state = {
  id: 'AbCdef1G2hij:7',
  version: 7,
  at: '2026-01-15T10:00:00.000Z',
  channelId: 'AbCdef1G2hij',
  isLive: true,
  title: 'Late night guitar',
};

test('docs/events.md is current, and has the JSON schema of each event', () => {
  const text = readFileSync('docs/events.md', 'utf8');
  expect(text).toBe(eventsDocument());
  const schemas = [...text.matchAll(/```json\n([\s\S]*?)```/g)].map(([, json = '']) => JSON.parse(json));
  expect(schemas.map(({ title }) => title)).toEqual(Object.keys(roomEvents));
  for (const { properties } of schemas) expect(Object.keys(properties.attributes.properties)).not.toEqual([]);
});

test('the attributes of an event are text, from which the schema reads the state again', () => {
  const attributes = attributesOf(state);
  expect(attributes).toEqual({ ...state, version: '7', isLive: 'true' });
  expect(channelState.parse(attributes)).toEqual(state);
});

test('the events about invitations match their schemas', async () => {
  const sent: { name: string; attributes: Readonly<Record<string, string>> }[] = [];
  const dependencies = {
    chat: {
      sendEvent: async (_: string, name: string, attributes: Readonly<Record<string, string>>) =>
        void sent.push({ name, attributes }),
    },
    onEventFailed: () => {},
  };
  const names = ['stage:invitation', 'stage:invitation-withdrawn'] as const;
  const invitation = {
    userId: 'u1',
    username: 'bob',
    participantId: 'p1',
    invitedAt: '2026-01-15T10:00:00.000Z',
    expiresAt: '2026-01-15T11:00:00.000Z',
  };
  const channel = { id: 'c', chatRoomArn: 'arn:aws:ivschat:us-west-2:000000000000:room/r' };
  for (const name of names) await sendGuestEvent(dependencies, channel, name, invitation, budgetOf(1_000));
  expect(sent.map(({ name }) => name)).toEqual(names);
  for (const [index, name] of names.entries())
    expect(roomEvents[name].schema.parse(sent[index]?.attributes)).toEqual(sent[index]?.attributes);
});

test('a title that does not fit into 1 KB is cut between two characters', () => {
  const family = '👨‍👩‍👧‍👦';
  const { title = '' } = attributesOf({ ...state, title: family.repeat(60), categoryId: 'music' });
  expect(title).toMatch(/…$/);
  expect(title.slice(0, -1).replaceAll(family, '')).toBe('');
  expect(title.length).toBeGreaterThan(10 * family.length);
  expect(attributesOf({ ...state, title: '👋'.repeat(140) })).toMatchObject({ title: '👋'.repeat(140) });
});
