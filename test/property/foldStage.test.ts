import { GetCommand, PutCommand } from '@aws-sdk/lib-dynamodb';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { channelRow } from '../../model/channel.ts';
import { present, shardOf } from '../../model/row.ts';
import { stageRow } from '../../model/stage.ts';
import { useDatabase } from '../support/database.ts';
import { handling } from '../support/eventHandling.ts';
import { deliveries } from '../support/histories.ts';
import { type Envelope, second, stageEvent } from '../support/ivsEvents.ts';
import { channel, putRows } from '../support/rows.ts';

const names = ['Participant Published', 'Participant Unpublished', 'Participant Publish Error'];
const events: fc.Arbitrary<Envelope[]> = fc
  .array(
    fc
      .tuple(fc.constantFrom(...names), fc.constantFrom('p1', 'p2', 'p3'), fc.integer({ min: 0, max: 6 }))
      .map(([name, participant, at]) => stageEvent(name, participant, second(at))),
    { minLength: 1, maxLength: 12 },
  )
  .map(all => all.map((event, index) => ({ ...event, id: `e${index}` })));

/**
 * The participants whose latest event is Participant Published. Of two events of one instant, Unpublished is
 * the later.
 */
function publishers(all: readonly Envelope[]): string[] {
  const order = (event: Envelope) => `${event.detail['event_time']}${event.detail['event_name']}`;
  return ['p1', 'p2', 'p3'].filter(participant => {
    const last = all
      .filter(event => event.detail['participant_id'] === participant)
      .filter(event => event.detail['event_name'] !== 'Participant Publish Error')
      .sort((a, b) => (order(a) < order(b) ? -1 : 1))
      .at(-1);
    return last?.detail['event_name'] === 'Participant Published';
  });
}

describe('stage events', () => {
  const database = useDatabase();
  let stages = 0;

  /** Writes a stage that is not live, and the channel of its host. */
  async function newStage() {
    const id = `stage${++stages}`;
    const arn = `arn:aws:ivs:us-west-2:123456789012:stage/${id}`;
    const times = { createdAt: second(0), updatedAt: second(0) };
    const state = { isLive: false, publishedParticipants: [], version: 1 };
    const { client, names: tables } = database();
    const channelId = `channel${stages}`;
    await putRows(database(), 'channels', [channel({ id: channelId })]);
    const Item = { id, arn, name: 's', userId: 'u', channelId, ...state, ...times };
    await client.send(new PutCommand({ TableName: tables.stages, Item }));
    const key = { TableName: tables.stages, Key: { id }, ConsistentRead: true };
    const read = async () => stageRow.parse((await client.send(new GetCommand(key))).Item);
    const shown = { TableName: tables.channels, Key: { id: channelId }, ConsistentRead: true };
    const readChannel = async () => channelRow.parse((await client.send(new GetCommand(shown))).Item);
    return { id, readChannel, resources: [arn], handle: handling(database()).handle, read };
  }

  test('leave a stage live since its first publisher came, when they arrive in order', async () => {
    const histories = fc.array(fc.tuple(fc.constantFrom(...names), fc.constantFrom('p1', 'p2', 'p3')), {
      minLength: 1,
      maxLength: 12,
    });
    await fc.assert(
      fc.asyncProperty(histories, async history => {
        const { resources, handle, read } = await newStage();
        const on = new Set<string>();
        let since: string | undefined;
        for (const [at, [name, participant]] of history.entries()) {
          const before = on.size;
          if (name === 'Participant Published') on.add(participant);
          if (name === 'Participant Unpublished') on.delete(participant);
          if (on.size === 0) since = undefined;
          else if (before === 0) since = new Date(second(at)).toISOString();
          await handle({ ...stageEvent(name, participant, second(at)), id: `e${at}`, resources });
          expect((await read()).liveSince).toBe(since);
        }
      }),
      { numRuns: 20 },
    );
  });

  test('leave a stage live if and only if some participant published last, with any order, duplicates and concurrency', async () => {
    await fc.assert(
      fc.asyncProperty(
        events.chain(all => fc.tuple(fc.constant(all), deliveries(all))),
        fc.integer({ min: 1, max: 4 }),
        async ([all, delivered], workers) => {
          const { id, resources, handle, read, readChannel } = await newStage();
          const queue = delivered.map(event => ({ ...event, resources }));
          await Promise.all(
            Array.from({ length: workers }, async () => {
              for (let event = queue.shift(); event !== undefined; event = queue.shift()) await handle(event);
            }),
          );
          const stage = await read();
          expect(stage.publishedParticipants).toEqual(publishers(all));
          expect(stage.isLive).toBe(publishers(all).length > 0);
          // Lists of channels show the same.
          expect((await readChannel()).isStageLive ?? false).toBe(stage.isLive);
          const since = stage.liveSince;
          expect(stage.live).toBe(stage.isLive ? shardOf(present, id) : undefined);
          expect(since === undefined).toBe(!stage.isLive);
          const published = all.filter(event => event.detail['event_name'] === 'Participant Published');
          const times = published.map(({ time }) => new Date(time).toISOString());
          if (since !== undefined) expect(times).toContain(since);
        },
      ),
      { numRuns: 35 },
    );
  });
});
