import { once } from 'node:events';
import { createServer, type Socket } from 'node:net';
import { beforeEach, describe, expect, test } from '@jest/globals';
import { z } from 'zod';
import { eventRetry } from '../../model/eventPattern.ts';
import { documentClient, functionRequests } from '../../store/database.ts';
import { stateOf } from '../support/channelState.ts';
import { localCredentials, useDatabase } from '../support/database.ts';
import { handling, putChannel, readChannelRow, readSessions } from '../support/eventHandling.ts';
import { type Envelope, recordingEvent, stateEvent } from '../support/ivsEvents.ts';
import { oracle } from '../support/oracle.ts';

const count = Number(process.env['HOT_EVENTS'] ?? 120);
const atOnce = Number(process.env['HOT_AT_ONCE'] ?? 20);

describe('a channel with many concurrent events', () => {
  const database = useDatabase();
  let channels = 0;
  let id = '';
  let events: Envelope[] = [];
  beforeEach(async () => {
    id = `hot${++channels}`;
    const arn = `arn:aws:ivs:us-west-2:123456789012:channel/${id}`;
    await putChannel(database(), { id, arn });
    events = eventsOf(id, arn);
  });
  const time = (seconds: number) => new Date(Date.UTC(2026, 0, 15) + seconds * 1_000).toISOString();

  /** Sessions of four events each, all of which change the open session. */
  function eventsOf(channel: string, arn: string): Envelope[] {
    const to = { resources: [arn] };
    return Array.from({ length: Math.ceil(count / 4) }, (_, n) => {
      const session = `st-${channel}-${n}`;
      return [
        stateEvent('Session Created', session, time(n * 60), to),
        stateEvent('Stream Start', session, time(n * 60 + 5), to),
        stateEvent('Session Ended', session, time(n * 60 + 30), to),
        recordingEvent('Recording End', session, time(n * 60 + 31), { streamIds: [session] }, to),
      ];
    })
      .flat()
      .slice(0, count);
  }

  /**
   * Handles every event with Lambda's two retries. Returns the errors of those that fail each time: the dead
   * letters.
   */
  async function play(handlers: readonly ((event: Envelope) => Promise<unknown>)[]) {
    const queue = events.map(event => ({ event, tries: eventRetry.functionRetries + 1 }));
    const deadLetters: unknown[] = [];
    const [from, waits]: [number, number[]] = [Date.now(), []];
    await Promise.all(
      handlers.map(async handle => {
        for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
          const { event, tries } = next;
          const begun = Date.now();
          await handle(event).catch(error => {
            if (tries > 1) queue.push({ event, tries: tries - 1 });
            else deadLetters.push(error);
          });
          waits.push(Date.now() - begun);
        }
      }),
    );
    if (process.env['HOT_EVENTS'] !== undefined) {
      const [all, longest] = [Date.now() - from, Math.max(...waits)];
      console.log(
        `${count} events, ${atOnce} at once: ${all} ms, longest ${longest} ms, ${waits.length} tries`,
      );
    }
    return deadLetters;
  }

  const state = async () => stateOf(await readChannelRow(database(), id), await readSessions(database(), id));
  test(`handles ${count} events, ${atOnce} at once, in one process, in a queue: no conflict, no dead letter`, async () => {
    const { handle, counted } = handling(database());
    expect(await play(Array.from({ length: atOnce }, () => handle))).toEqual([]);
    expect(counted.filter(name => name === 'FoldConflict')).toEqual([]);
    expect(await state()).toEqual(oracle(events));
  }, 120_000);

  // In Lambda, each function instance handles one event at a time.
  test(`leaves no dead letter of the same events in ${atOnce} processes without a shared queue`, async () => {
    const clients = Array.from({ length: atOnce }, () =>
      documentClient({ ...localCredentials, endpoint: database().engine.endpoint, ...functionRequests }),
    );
    const handlers = clients.map(client => handling({ client, names: database().names }).handle);
    expect(await play(handlers)).toEqual([]);
    expect(await state()).toEqual(oracle(events));
    for (const client of clients) client.destroy();
  }, 400_000);

  test('fails with a timeout when the database does not answer, or stops in the middle of an answer', async () => {
    const stopped = 'HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n{';
    await Promise.all(['', stopped].map(expectTimeouts));
  }, 60_000);

  async function expectTimeouts(answer: string) {
    const sockets = new Set<Socket>();
    const silent = createServer(socket => {
      sockets.add(socket);
      socket.once('data', () => socket.write(answer));
    });
    await once(silent.listen(0, '127.0.0.1'), 'listening');
    const { port } = z.object({ port: z.number() }).parse(silent.address());
    const endpoint = `http://127.0.0.1:${port}`;
    const client = documentClient({ ...localCredentials, endpoint, ...functionRequests });
    const { handle } = handling({ client, names: database().names });
    const outcomes = await Promise.allSettled(events.slice(0, 2).map(handle));
    expect(outcomes).toMatchObject([
      { status: 'rejected', reason: { name: 'TimeoutError' } },
      { status: 'rejected', reason: { name: 'TimeoutError' } },
    ]);
    client.destroy();
    for (const socket of sockets) socket.destroy();
    silent.close();
  }
});
