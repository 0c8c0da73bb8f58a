import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { tableNames } from '../../model/tables.ts';
import { tableVariable } from '../../model/tableVariable.ts';
import { movableClock } from '../support/accounts.ts';
import { type Fault, startFaultProxy } from '../support/faultProxy.ts';
import { addresses, keysAtIvs } from './api.ts';
import { newSecret } from './app.ts';
import type { Answer } from './people.ts';
import type { ApiScene } from './playApi.ts';
import type { HandleEvent } from './playEvents.ts';
import { drawFault, KilledError, type Met, noFaults, nothingMet, type Trouble } from './trouble.ts';
import type { World } from './world.ts';

/** Handles events and requests in a real process, which is killed at one of its requests to DynamoDB. */
export interface Victims {
  readonly handle: HandleEvent;
  readonly scene: (met: Met, newUsername: () => string) => ApiScene;
  stop(): Promise<void>;
}

/** The answer of a process, or its error. */
type Reply = { readonly id: number; readonly done?: unknown; readonly failed?: string };

/**
 * Starts the first process from `file`, the bundle of `victim.ts`. A bundle starts quickly, and each kill
 * needs a new process.
 */
export async function startVictims(world: World, file: string): Promise<Victims> {
  let trouble: Trouble = { chances: noFaults, random: () => 1, met: nothingMet() };
  let child: ChildProcess | undefined;
  const proxy = await startFaultProxy(world.databaseEndpoint, (): Fault | undefined => {
    trouble.met.requests++;
    // A request that a killed process had sent before.
    if (child?.killed !== false) return undefined;
    if (drawFault(trouble, 'throttled')) return { kind: 'refuse', status: 400, type: 'ThrottlingException' };
    const before = drawFault(trouble, 'killedBefore');
    if (before || drawFault(trouble, 'killedAfter')) child.kill('SIGKILL');
    return before ? { kind: 'disconnect' } : undefined;
  });
  const secret = newSecret();
  const env = {
    ...process.env,
    ...Object.fromEntries(tableNames.map(name => [tableVariable(name), world.database.names[name]])),
    AWS_ENDPOINT_URL: world.ivsEndpoint,
    AWS_ENDPOINT_URL_DYNAMODB: proxy.endpoint,
    SIGNING_SECRET: Buffer.from(secret).toString('hex'),
  };
  const waiting = new Map<number, { resolve: (value: unknown) => void; reject: (error: Error) => void }>();
  let jobs = 0;

  const start = async (): Promise<ChildProcess> => {
    const started = fork(file, { env, execArgv: [], stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
    await once(started, 'message');
    started.on('message', (message: Reply) => {
      const one = waiting.get(message.id);
      waiting.delete(message.id);
      if (message.failed === undefined) one?.resolve(message.done);
      else one?.reject(new Error(message.failed));
    });
    started.once('exit', () => void next());
    return started;
  };
  let isStopping = false;
  // The next process is started before the loss is reported, which gives requests of the killed one time to
  // arrive.
  const next = async () => {
    if (isStopping) return;
    const lost = [...waiting.values()];
    waiting.clear();
    child = await start();
    for (const { reject } of lost) reject(new KilledError('killed'));
  };
  child = await start();

  const run = async (work: object, now: Date, meets: Trouble): Promise<unknown> => {
    trouble = meets;
    const id = ++jobs;
    const answer = new Promise<unknown>((resolve, reject) => waiting.set(id, { resolve, reject }));
    // A killed process does not receive the job. `next` then rejects it.
    child?.send({ id, now: now.toISOString(), work }, () => {});
    try {
      return await answer;
    } finally {
      await meets.onWritten?.();
    }
  };
  const handle: HandleEvent = async (event, meets) =>
    (await run({ event }, new Date(), meets)) as Awaited<ReturnType<HandleEvent>>;
  return {
    handle,
    scene: (met, newUsername) => {
      const { clock, forward } = movableClock();
      const newAddress = addresses();
      return {
        database: world.database,
        ask: async (sent, meets) => (await run({ sent, sourceIp: newAddress() }, clock(), meets)) as Answer,
        handle,
        forward,
        keysAtIvs: channelId => keysAtIvs(world, channelId),
        newUsername,
        met,
      };
    },
    stop: async () => {
      isStopping = true;
      if (child !== undefined && child.exitCode === null) {
        const ended = once(child, 'exit');
        child.kill('SIGKILL');
        await ended;
      }
      await proxy.stop();
    },
  };
}
