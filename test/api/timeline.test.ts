import { describe, expect, test } from '@jest/globals';
import { eventHandler } from '../../streamEventsApi/handleEvent.ts';
import { type Member, useApi } from '../support/api.ts';
import { readChannelRow } from '../support/eventHandling.ts';
import { type Envelope, limitEvent, recordingEvent, stateEvent } from '../support/ivsEvents.ts';
import { recordRequests } from '../support/requests.ts';

const api = useApi();
const timelinePath = '/v1/channels/{username}/streams/{streamId}/events';
const account = '123456789012';

/** Hands events of a member's channel to the event handlers. */
async function tell({ channelId }: Member, events: readonly Envelope[]): Promise<void> {
  const { database, clock } = api();
  const quiet = () => {};
  const log = { info: quiet, warn: quiet, error: quiet };
  const handle = eventHandler({ database, clock: clock.now, log, count: quiet });
  const { arn } = await readChannelRow(database, channelId);
  const resources = [arn];
  for (const event of events)
    expect(await handle({ ...event, resources })).toMatchObject({ result: 'folded' });
}

const failure = (streamId: string, time: string): Envelope => {
  const event = stateEvent('Stream Failure', streamId, time);
  return { ...event, detail: { ...event.detail, reason: 'Transcode capacity exceeded.', code: 7 } };
};

describe("a stream's timeline", () => {
  test('is in order, whatever order the events arrived in, and shows what concerns the owner', async () => {
    const owner = await api().signUp();
    const streamId = 'st-timeline';
    await tell(owner, [
      recordingEvent('Recording End', streamId, '2026-01-15T10:01:00Z', {
        path: `ivs/v1/${account}/${owner.channelId}/2026/1/15/10/0/x`,
        durationMs: 55_000,
        streamIds: [streamId],
      }),
      failure(streamId, '2026-01-15T10:00:59Z'),
      limitEvent(streamId, '2026-01-15T10:00:30Z'),
      stateEvent('Session Created', streamId, '2026-01-15T10:00:00Z'),
    ]);
    const params = { path: { username: owner.username.toUpperCase(), streamId } };
    const { data, response } = await owner.api.GET(timelinePath, { params });
    expect(response.status).toBe(200);
    expect(data).toEqual({
      nextCursor: null,
      items: [
        {
          id: expect.any(String),
          time: '2026-01-15T10:00:00.000Z',
          name: 'Session Created',
          detailType: 'IVS Stream State Change',
          detail: {},
        },
        {
          id: expect.any(String),
          time: '2026-01-15T10:00:30.000Z',
          name: 'Ingest Bitrate',
          detailType: 'IVS Limit Breach',
          detail: { limitValue: 8_500_000, exceededBy: 12, limitUnit: 'bits per second' },
        },
        {
          id: expect.any(String),
          time: '2026-01-15T10:00:59.000Z',
          name: 'Stream Failure',
          detailType: 'IVS Stream State Change',
          detail: { reason: 'Transcode capacity exceeded.' },
        },
        {
          id: expect.any(String),
          time: '2026-01-15T10:01:00.000Z',
          name: 'Recording End',
          detailType: 'IVS Recording State Change',
          detail: { recordingDurationMs: 55_000, recordingStreamIds: [streamId] },
        },
      ],
    });
    expect(JSON.stringify(data)).not.toContain(account);
  });

  test('takes four requests per page, and the pages have every event once', async () => {
    const owner = await api().signUp();
    const streamId = 'st-pages';
    const names = ['Session Created', 'Stream Start', 'Stream End', 'Stream Start', 'Session Ended'];
    const events = names.map((name, second) => stateEvent(name, streamId, `2026-01-15T10:00:0${second}Z`));
    await tell(owner, events);
    const path = { username: owner.username, streamId };
    const requests = recordRequests(api().database.client);
    const seen: string[] = [];
    let cursor: string | undefined;
    do {
      const query = { limit: 2, ...(cursor === undefined ? {} : { cursor }) };
      const { data } = await owner.api.GET(timelinePath, { params: { path, query } });
      // The first request counts towards the caller's limit of expensive reads.
      expect(requests()).toEqual(['UpdateItem', 'Query', 'GetItem', 'Query']);
      seen.push(...(data?.items ?? []).map(({ name }) => name));
      cursor = data?.nextCursor ?? undefined;
    } while (cursor !== undefined);
    expect(seen).toEqual(names);
  });

  test('of another user is refused before the answer says whether it exists', async () => {
    const { signUp, goLive } = api();
    const [owner, other] = [await signUp(), await signUp()];
    const streamId = await goLive(owner);
    const statusOf = async (who: Member, username: string, id: string) => {
      const params = { path: { username, streamId: id } };
      return (await who.api.GET(timelinePath, { params })).response.status;
    };
    expect(await statusOf(owner, owner.username, streamId)).toBe(200);
    expect(await statusOf(other, owner.username, streamId)).toBe(403);
    expect(await statusOf(other, owner.username, 'st-none')).toBe(403);
    expect(await statusOf(owner, owner.username, 'st-none')).toBe(404);
    expect(await statusOf(owner, 'nobody', streamId)).toBe(404);
    // The table keys events by stream alone. One's own name in the path does not open another user's stream.
    expect(await statusOf(other, other.username, streamId)).toBe(404);
  });
});
