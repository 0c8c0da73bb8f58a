import { afterAll, beforeAll, beforeEach, describe, expect, jest, test } from '@jest/globals';
import fc from 'fast-check';
import type { ArchivePage } from '../../web/chat/collector.ts';
import type { Line, Messages } from '../../web/chat/messages.ts';
import type { ConnectionEvents } from '../../web/chat/reconnection.ts';

const START = Date.parse('2026-01-15T20:00:00Z');
const SECOND = 1_000;
const MINUTE = 60 * SECOND;

let reconnection: typeof import('../../web/chat/reconnection.ts');
let collection: typeof import('../../web/chat/collector.ts');
beforeAll(async () => {
  // Modules get the timers that exist when they are loaded.
  jest.useFakeTimers({ doNotFake: ['nextTick', 'queueMicrotask', 'setImmediate', 'performance'] });
  reconnection = await import('../../web/chat/reconnection.ts');
  collection = await import('../../web/chat/collector.ts');
});
afterAll(() => {
  jest.useRealTimers();
});
beforeEach(() => {
  jest.clearAllTimers();
  jest.setSystemTime(START);
});
// The timer and the clock that the modules have. This file was loaded with the real ones.
const later = (act: () => void, ms: number) => void globalThis.setTimeout(act, ms);
const time = () => globalThis.Date.now();
const pass = (ms: number) => jest.advanceTimersByTimeAsync(ms);

interface Connection extends ConnectionEvents {
  readonly token: number;
  isClosed: boolean;
}

/** A chat server that can be gone, and a page that stays connected to it. */
function startPage(latencyMs: number) {
  const world = { isUp: true, attempts: 0, tokens: 0, phase: '', opened: [] as Connection[] };
  const open = () => world.opened.filter(({ isClosed }) => !isClosed);
  const page = reconnection.keepConnected<Connection>({
    open: async events => {
      world.attempts += 1;
      await new Promise<void>(resolve => later(resolve, latencyMs));
      if (!world.isUp) throw new Error('the server is gone');
      const connection = { ...events, token: ++world.tokens, isClosed: false };
      world.opened.push(connection);
      later(() => (world.isUp ? events.opened() : events.lost()), latencyMs);
      return connection;
    },
    close: connection => {
      connection.isClosed = true;
    },
    onPhase: phase => {
      world.phase = phase;
    },
    isUnavailable: () => false,
    random: Math.random,
  });
  const acts = {
    down: () => {
      world.isUp = false;
      // A closed connection may still tell that it is lost, and any may tell it twice.
      for (const { lost } of [...world.opened, ...world.opened]) lost();
    },
    up: () => {
      world.isUp = true;
    },
    drop: () => {
      for (const { lost } of open()) lost();
    },
    wake: () => page.reconnect(),
  };
  return { world, acts, open, stop: page.stop };
}

describe('the connection of the chat', () => {
  test('comes back after any faults, with a new token each time, and never twice', async () => {
    const step = fc.record({
      act: fc.constantFrom('down', 'up', 'drop', 'wake'),
      afterMs: fc.nat(40 * SECOND),
    } as const);
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 12 }), fc.nat(3 * SECOND), async (steps, latencyMs) => {
        const { world, acts, open, stop } = startPage(latencyMs);
        for (const { act, afterMs } of steps) {
          acts[act]();
          await pass(afterMs);
          expect(open().length).toBeLessThanOrEqual(1);
        }
        acts.up();
        await pass(MINUTE);
        expect([world.phase, open().length]).toEqual(['connected', 1]);
        expect(open()[0]?.token).toBe(world.tokens);
        stop();
        const opened = world.opened.length;
        await pass(5 * MINUTE);
        expect([open().length, world.opened.length]).toEqual([0, opened]);
      }),
      { numRuns: 60 },
    );
  });

  test('says that it is lost while the server is gone, and asks for it less and less often', async () => {
    const { world, acts, stop } = startPage(10);
    await pass(SECOND);
    expect(world.phase).toBe('connected');
    acts.down();
    await pass(5 * MINUTE);
    expect(world.phase).toBe('reconnecting');
    world.attempts = 0;
    await pass(5 * MINUTE);
    expect(world.attempts).toBeGreaterThanOrEqual(14);
    expect(world.attempts).toBeLessThanOrEqual(31);
    stop();
  });

  test('looks once a minute whether a channel without a chat has one', async () => {
    const phases: string[] = [];
    let hasChat = false;
    const chat = reconnection.keepConnected({
      open: async ({ opened }) => {
        if (!hasChat) throw new Error('none');
        opened();
      },
      close: () => {},
      onPhase: phase => phases.push(phase),
      isUnavailable: () => true,
      random: () => 1,
    });
    await pass(90 * SECOND);
    hasChat = true;
    await pass(MINUTE);
    expect(phases).toEqual(['connecting', 'unavailable', 'unavailable', 'connected']);
    chat.stop();
  });

  test('gives the SDK times by the clock of the computer, which is an hour ahead', () => {
    const token = {
      token: 't',
      tokenExpirationTime: '2026-01-15T21:00:00.000Z',
      sessionExpirationTime: '2026-01-15T21:00:00.000Z',
    };
    const { tokenExpirationTime } = reconnection.localTimes(token, 60 * MINUTE);
    expect(tokenExpirationTime.toISOString()).toBe('2026-01-15T22:00:00.000Z');
  });
});

describe('a page that slept', () => {
  function watch() {
    const listeners = new Set<() => void>();
    const page = {
      visibilityState: 'visible',
      addEventListener: (_: string, listener: () => void) => void listeners.add(listener),
      removeEventListener: (_: string, listener: () => void) => void listeners.delete(listener),
      turn: (visibilityState: string) => {
        page.visibilityState = visibilityState;
        for (const listener of listeners) listener();
      },
    };
    const onWake = jest.fn();
    const stop = reconnection.watchSleep(page, onWake);
    return { page, onWake, stop, listeners };
  }
  test('connects again when the computer wakes up', async () => {
    const { onWake, stop } = watch();
    await pass(10 * SECOND);
    expect(onWake).not.toHaveBeenCalled();
    jest.setSystemTime(START + 8 * 60 * MINUTE);
    await pass(4 * SECOND);
    expect(onWake).toHaveBeenCalledTimes(1);
    stop();
  });

  test('connects again once when the user returns to it, not each time a hidden page may run', async () => {
    const { page, onWake, stop, listeners } = watch();
    page.turn('hidden');
    let now = START;
    for (let minute = 0; minute < 10; minute++) {
      now += MINUTE;
      jest.setSystemTime(now);
      await pass(2 * SECOND);
    }
    expect(onWake).not.toHaveBeenCalled();
    page.turn('visible');
    await pass(10 * SECOND);
    expect(onWake).toHaveBeenCalledTimes(1);
    stop();
    expect(listeners.size).toBe(0);
  });
});

const sender = { userId: 'u1', name: 'ann', isOwner: false, isModerator: false };
const line = (id: number, at: number): Line => ({ id: `m${id}`, at, text: `text ${id}`, sender });

describe('the messages that a page collects', () => {
  let seen: Messages[];
  const collect = (read: (from: number | string) => Promise<ArchivePage | undefined>) => {
    seen = [];
    return collection.collector({ read, onMessages: messages => seen.push(messages), now: time });
  };
  const none = async () => undefined;

  test('200 a second for a minute are drawn at most seven times a second, and 300 of them are kept', async () => {
    const chat = collect(none);
    for (let id = 0; id < 12_000; id++) {
      chat.receive(line(id, START + id * 5));
      if (id % 10 === 9) await pass(50);
    }
    await pass(SECOND);
    expect(seen.length).toBeLessThanOrEqual(Math.ceil(MINUTE / collection.DRAW_MS) + 1);
    expect(seen.at(-1)?.lines.map(({ id }) => id)).toEqual(
      Array.from({ length: 300 }, (_, index) => `m${11_700 + index}`),
    );
    chat.stop();
  });

  test('of a hidden page, whose timers do not run, are bounded too', async () => {
    const chat = collect(none);
    for (let id = 0; id < 12_000; id++) chat.receive(line(id, START + id));
    await pass(collection.DRAW_MS);
    expect(seen.at(-1)?.lines.at(-1)?.id).toBe('m11999');
    expect(seen.map(({ lines }) => lines.length)).toEqual([300]);
    chat.stop();
  });

  test('are all there after an outage, or the page says where some are missing', async () => {
    const times = fc.uniqueArray(fc.nat(4 * MINUTE), { minLength: 20, maxLength: 80 });
    const outage = fc.record({
      from: fc.nat(2 * MINUTE),
      ms: fc.integer({ min: 5 * SECOND, max: 2 * MINUTE }),
    });
    const archive = fc.record({
      limit: fc.integer({ min: 1, max: 40 }),
      failing: fc.uniqueArray(fc.integer({ min: 1, max: 8 }), { maxLength: 5 }),
    });
    await fc.assert(
      fc.asyncProperty(times, outage, archive, async (ats, { from, ms }, { limit, failing }) => {
        jest.setSystemTime(START);
        const sent = ats.sort((a, b) => a - b).map((at, id) => line(id, START + at));
        let reads = 0;
        const chat = collect(async position => {
          if (failing.includes(++reads)) throw new Error('the server is gone');
          const old = sent.filter(({ at }) => at <= time() - 10 * SECOND);
          const first =
            typeof position === 'string' ? Number(position) : old.findIndex(({ at }) => at >= position);
          const start = first === -1 ? old.length : first;
          const end = start + limit;
          return { lines: old.slice(start, end), cursor: end < old.length ? `${end}` : null };
        });
        const isOut = (at: number) => at > START + from && at < START + from + ms;
        await chat.connected();
        let wasOut = false;
        for (let now = START; now <= START + 5 * MINUTE; now += SECOND) {
          if (wasOut && !isOut(now)) void chat.connected();
          wasOut = isOut(now);
          for (const one of sent) if (one.at > now - SECOND && one.at <= now && !wasOut) chat.receive(one);
          await pass(SECOND);
        }
        const { lines = [], gapAfter = Number.POSITIVE_INFINITY } = seen.at(-1) ?? {};
        const known = new Set(lines.map(({ id }) => id));
        const missing = sent.filter(({ id, at }) => !known.has(id) && at > (lines[0]?.at ?? Infinity));
        for (const { at } of missing) expect(at).toBeGreaterThanOrEqual(gapAfter);
        expect(known.size).toBe(lines.length);
        chat.stop();
      }),
      { numRuns: 250 },
    );
  });

  test('of a quiet room go back further for a new viewer than those of a busy one', async () => {
    const read = async (archive: readonly Line[]) => {
      const asked: number[] = [];
      const chat = collect(async from => {
        asked.push((time() - Number(from)) / MINUTE);
        return { lines: archive.filter(({ at }) => at >= Number(from)), cursor: null };
      });
      await chat.connected();
      await pass(SECOND);
      chat.stop();
      return asked.map(Math.round);
    };
    const busy = Array.from({ length: 30 }, (_, id) => line(id, START - id * SECOND));
    expect(await read(busy)).toEqual([5]);
    expect(await read([line(0, START - 40 * MINUTE)])).toEqual([5, 60]);
    expect(seen.at(-1)).toEqual({ lines: [line(0, START - 40 * MINUTE)], deleted: new Set() });
  });

  test('that the archive has only later are read a second time', async () => {
    let archived: readonly Line[] = [];
    const chat = collect(async () => ({ lines: archived, cursor: null }));
    await chat.connected();
    chat.receive(line(0, START));
    await pass(MINUTE);
    await chat.connected();
    archived = [line(1, START + 50 * SECOND)];
    await pass(collection.ARCHIVE_DELAY_MS + SECOND);
    expect(seen.at(-1)).toEqual({ lines: [line(0, START), ...archived], deleted: new Set() });
    chat.stop();
  });
});
