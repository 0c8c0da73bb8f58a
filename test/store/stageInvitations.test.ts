import { DeleteStageCommand } from '@aws-sdk/client-ivs-realtime';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { BusyError, ConflictError, NotFoundError } from '../../domain/errors.ts';
import { budgetOf } from '../../ivs/budget.ts';
import { unlimited } from '../../local/ivs/quotas.ts';
import { documentClient } from '../../store/database.ts';
import { movableClock } from '../support/accounts.ts';
import { localCredentials, useDatabase } from '../support/database.ts';
import { handling } from '../support/eventHandling.ts';
import { KilledError } from '../support/faults.ts';
import { stageEvent } from '../support/ivsEvents.ts';
import { recordRequests } from '../support/requests.ts';
import { putRows } from '../support/rows.ts';
import { startIvs, type TestIvs } from '../unit/localIvsEndpoint.ts';
import { type Host, type Person, stageWorld } from './stageWorld.ts';

const database = useDatabase();
const { clock, forward } = movableClock();

let ivs: TestIvs;
let world: ReturnType<typeof stageWorld>;
let host: Host;
let bob: Person;
beforeAll(async () => {
  ivs = await startIvs({ quota: unlimited, now: clock });
  world = stageWorld(database(), ivs, clock);
});
beforeEach(async () => {
  host = await world.newHost();
  bob = await newPerson();
});
afterAll(() => ivs.stop());

async function newPerson(): Promise<Person> {
  const [person] = await world.newPeople(1);
  if (person === undefined) throw new Error('no user was made');
  return person;
}

const calls = (operation: string) => ivs.simulator.calls()[operation] ?? 0;
const PUBLISH = { capabilities: ['PUBLISH', 'SUBSCRIBE'] };
const WATCH = { capabilities: ['SUBSCRIBE'] };

/** Handles an event that IVS sends for a participant. */
function tell(name: string, participantId: string) {
  const { handle } = handling(database(), { clock });
  return handle(stageEvent(name, participantId, clock().toISOString(), { resources: [host.stageArn] }));
}

describe('capacity', () => {
  test('of 30 users invited at once, while the host comes on stage, 11 get a place and a token', async () => {
    const people = await world.newPeople(30);
    const [results] = await Promise.all([
      Promise.allSettled(people.map(person => world.invite(host, person))),
      tell('Participant Published', 'the-host'),
    ]);
    const refused = results.flatMap(result => (result.status === 'rejected' ? [result.reason] : []));
    const invited = results.flatMap(result => (result.status === 'fulfilled' ? [result.value] : []));
    expect(refused.map(error => error instanceof ConflictError || error)).toEqual(Array(19).fill(true));
    const { invitations = [], publishedParticipants } = await world.stage(host);
    expect(invitations.map(({ userId }) => userId).toSorted()).toEqual(
      invited.map(({ userId }) => userId).toSorted(),
    );
    expect(invitations).toHaveLength(11);
    expect(publishedParticipants).toEqual(['the-host']);
    await world.expectKeptPromises(host);
  });

  test('the twelfth guest costs no token, and gets a place when another is withdrawn', async () => {
    const [first, ...people] = await world.newPeople(11);
    if (first === undefined) throw new Error('no users were made');
    for (const person of [first, ...people]) await world.invite(host, person);
    const before = calls('CreateParticipantToken');
    await expect(world.invite(host, bob)).rejects.toThrow(ConflictError);
    expect(calls('CreateParticipantToken')).toBe(before);
    await world.withdraw(host, first);
    expect(await world.invite(host, bob)).toMatchObject({ userId: bob.userId });
    await world.expectKeptPromises(host);
  });

  test('an expired invitation frees its place, unless its guest is on the stage', async () => {
    const people = await world.newPeople(11);
    const invited = [];
    for (const person of people) invited.push(await world.invite(host, person));
    await tell('Participant Published', invited[0]?.participantId ?? '');
    forward(3601);
    for (const person of await world.newPeople(10)) await world.invite(host, person);
    await expect(world.invite(host, bob)).rejects.toThrow(ConflictError);
    await world.expectKeptPromises(host);
    const { invitations = [] } = await world.stage(host);
    expect(invitations.map(({ participantId }) => participantId)).toContain(invited[0]?.participantId);

    await tell('Participant Unpublished', invited[0]?.participantId ?? '');
    expect(await world.invite(host, bob)).toMatchObject({ userId: bob.userId });
    await world.expectKeptPromises(host);
  });

  test('a guest without an event of their leaving keeps the place for a day', async () => {
    const { participantId } = await world.invite(host, bob);
    await tell('Participant Published', participantId);
    const [other] = await world.newPeople(1);
    if (other === undefined) throw new Error('no user was made');
    forward(3600 + 24 * 3600 - 1);
    await world.invite(host, other);
    expect((await world.stage(host)).invitations).toHaveLength(2);
    forward(3600);
    await world.invite(host, other);
    expect((await world.stage(host)).invitations).toMatchObject([{ userId: other.userId }]);
    await world.expectKeptPromises(host);
  });
});

describe('one user', () => {
  test('invited ten times at once has one token, and one chat event is sent', async () => {
    const heard = world.told.length;
    const answers = await Promise.all(Array.from({ length: 10 }, () => world.invite(host, bob)));
    const [token, ...more] = await world.tokens(host);
    expect(more).toEqual([]);
    expect(new Set(answers.map(({ participantId }) => participantId))).toEqual(
      new Set([token?.participantId]),
    );
    expect(world.told.slice(heard)).toMatchObject([
      { event: 'stage:invitation', attributes: { userId: bob.userId, username: bob.username } },
    ]);
    await world.expectKeptPromises(host);
  });

  test('who is invited again has the same invitation: no call of IVS, no second event', async () => {
    const first = await world.invite(host, bob);
    const before = ivs.simulator.calls();
    forward(3540);
    expect(await world.invite(host, bob)).toEqual(first);
    expect(ivs.simulator.calls()).toEqual(before);
  });

  test('gets a new token when the old one is valid for less than a minute', async () => {
    const first = await world.invite(host, bob);
    forward(3541);
    expect(await world.join(bob, host)).toMatchObject(WATCH);
    const second = await world.invite(host, bob);
    expect(second.participantId).not.toBe(first.participantId);
    expect(await world.join(bob, host)).toMatchObject({ participantId: second.participantId, ...PUBLISH });
    await world.expectKeptPromises(host);
  });

  test('invited to a seeded stage has a token with the seed mark', async () => {
    const mark = { seedShard: '3', seedRun: 'UGC-test#1' };
    await putRows(database(), 'stages', [{ ...(await world.stage(host)), ...mark }]);
    await world.invite(host, bob);
    expect(await world.tokens(host)).toMatchObject([mark]);
  });

  test('must exist, and must not be the host', async () => {
    await expect(world.invite(host, host)).rejects.toThrow(ConflictError);
    await expect(world.invite(host, { userId: 'x', username: 'nobody-there' })).rejects.toThrow(
      NotFoundError,
    );
    await expect(world.withdraw(host, { username: 'nobody-there' })).rejects.toThrow(NotFoundError);
  });
});

describe('a token', () => {
  test('is the same however often its guest asks, and is given to nobody else', async () => {
    const eve = await newPerson();
    await world.invite(host, bob);
    const [row] = await world.tokens(host);
    const before = calls('CreateParticipantToken');
    for (let times = 0; times < 2; times++)
      expect(await world.join(bob, host)).toMatchObject({ token: row?.token, ...PUBLISH });
    expect(calls('CreateParticipantToken')).toBe(before);
    for (const other of [eve, host, undefined])
      expect((await world.join(other, host)).token).not.toBe(row?.token);
    const elsewhere = await world.newHost();
    expect(await world.join(bob, elsewhere)).toMatchObject(WATCH);
  });

  test('that is stored for another user is not given out, whatever the invitation says', async () => {
    await world.invite(host, bob);
    const [row] = await world.tokens(host);
    await putRows(database(), 'stageTokens', [{ ...row, userId: 'user-other' }]);
    const access = await world.join(bob, host);
    expect(access).toMatchObject(WATCH);
    expect(access.token).not.toBe(row?.token);
  });

  test('is given out if it is valid for a minute or more', async () => {
    const { participantId } = await world.invite(host, bob);
    forward(3540);
    expect(await world.join(bob, host)).toMatchObject({ participantId, ...PUBLISH });
    forward(0.001);
    const access = await world.join(bob, host);
    expect(access).toMatchObject(WATCH);
    expect(access.participantId).not.toBe(participantId);
  });

  test('of an invitation that is withdrawn meanwhile is not given out', async () => {
    await world.invite(host, bob);
    const client = documentClient({ ...localCredentials, endpoint: database().engine.endpoint });
    client.middlewareStack.add(
      next => async args => {
        const { TableName } = args.input as { TableName?: string };
        if (TableName === database().names.stageTokens) await world.withdraw(host, bob);
        return next(args);
      },
      { step: 'initialize', name: 'withdrawFirst' },
    );
    const access = await world.join(bob, host, { database: { ...database(), client } });
    client.destroy();
    expect(access).toMatchObject(WATCH);
  });
});

describe('withdrawing an invitation', () => {
  test('takes effect at once: its guest is disconnected, can only watch, and the chat room gets an event', async () => {
    const { participantId, expiresAt } = await world.invite(host, bob);
    const before = calls('DisconnectParticipant');
    const heard = world.told.length;
    await world.withdraw(host, { username: bob.username.toUpperCase() });
    expect(calls('DisconnectParticipant')).toBe(before + 1);
    expect(world.told.slice(heard)).toEqual([
      expect.objectContaining({
        event: 'stage:invitation-withdrawn',
        attributes: { userId: bob.userId, username: bob.username, expiresAt },
      }),
    ]);
    expect(await world.tokens(host)).toEqual([]);
    expect(await world.join(bob, host)).toMatchObject(WATCH);
    expect((await world.join(bob, host)).participantId).not.toBe(participantId);

    await world.withdraw(host, bob);
    expect(calls('DisconnectParticipant')).toBe(before + 1);
    expect(world.told).toHaveLength(heard + 1);
  });

  test('finds it by the listed name when its guest was renamed or deleted', async () => {
    await world.invite(host, bob);
    const row = await world.stage(host);
    const renamed = row.invitations?.map(invitation => ({ ...invitation, username: 'Old-Name' }));
    await putRows(database(), 'stages', [{ ...row, invitations: renamed }]);
    await world.withdraw(host, { username: 'old-name' });
    expect((await world.stage(host)).invitations).toEqual([]);
  });

  test('fails while IVS is busy, and the same request completes it', async () => {
    await world.invite(host, bob);
    ivs.simulator.faults.add({ operation: 'DisconnectParticipant', failure: 'throttled', times: 50 });
    await expect(world.withdraw(host, bob, {}, budgetOf(200))).rejects.toThrow(BusyError);
    ivs.simulator.faults.clear();
    expect(await world.join(bob, host)).toMatchObject(PUBLISH);
    await world.withdraw(host, bob);
    expect(await world.join(bob, host)).toMatchObject(WATCH);
  });

  test('happens when its guest is disconnected, and not when somebody else is', async () => {
    const { participantId } = await world.invite(host, bob);
    await world.disconnect(host, 'somebody-else');
    expect(await world.tokens(host)).toHaveLength(1);
    await world.disconnect(host, participantId);
    expect(await world.tokens(host)).toEqual([]);
    expect(await world.join(bob, host)).toMatchObject(WATCH);
    await world.expectKeptPromises(host);
  });
});

describe('failures', () => {
  /** A database whose process is killed at the request `last`, before or after it is carried out. */
  function until(last: number, when: 'before' | 'after') {
    let sent = 0;
    const client = documentClient({ ...localCredentials, endpoint: database().engine.endpoint });
    client.middlewareStack.add(
      next => async args => {
        const isLast = ++sent === last;
        if (isLast && when === 'before') throw new KilledError('before');
        const answer = await next(args);
        if (isLast) throw new KilledError('after');
        return answer;
      },
      { step: 'initialize', name: 'until', priority: 'high' },
    );
    return { database: { ...database(), client }, sent: () => sent, close: () => client.destroy() };
  }

  test.each(['before', 'after'] as const)(
    'a request killed %s any of its database requests keeps all promises, and succeeds when repeated',
    async when => {
      for (const step of ['invite', 'withdraw'] as const) {
        for (let last = 1; ; last++) {
          const interrupted = until(last, when);
          const end = await world[step](host, bob, interrupted).catch((error: unknown) => error);
          interrupted.close();
          await world.expectKeptPromises(host);
          if (!(end instanceof KilledError)) {
            expect(last).toBeGreaterThan(4);
            break;
          }
          // Undoes the change, so that the next round starts in the same state.
          await world[step](host, bob);
          expect(await world.tokens(host)).toHaveLength(step === 'invite' ? 1 : 0);
          await (step === 'invite' ? world.withdraw(host, bob) : world.invite(host, bob));
        }
      }
    },
  );

  test('a token whose answer was lost is never used: the next token is the only one stored', async () => {
    const before = calls('CreateParticipantToken');
    ivs.simulator.faults.add({ operation: 'CreateParticipantToken', failure: 'lostAnswer' });
    await world.invite(host, bob).catch(() => 'cut off');
    const { participantId } = await world.invite(host, bob);
    expect(calls('CreateParticipantToken')).toBeGreaterThanOrEqual(before + 2);
    expect(await world.tokens(host)).toMatchObject([{ participantId }]);
  });

  test('while IVS is busy, nobody is invited', async () => {
    ivs.simulator.faults.add({ operation: 'CreateParticipantToken', failure: 'throttled', times: 50 });
    await expect(world.invite(host, bob, {}, budgetOf(200))).rejects.toThrow(BusyError);
    ivs.simulator.faults.clear();
    expect((await world.stage(host)).invitations).toBeUndefined();
  });

  test('an invitation is valid even if its chat event cannot be sent', async () => {
    const before = world.eventFailures.length;
    ivs.simulator.faults.add({ operation: 'SendEvent', failure: 'unavailable' });
    await world.invite(host, bob);
    expect(world.eventFailures.slice(before)).toMatchObject([['stage:invitation', expect.any(Error)]]);
    expect(await world.join(bob, host)).toMatchObject(PUBLISH);
  });

  test('a stage that IVS does not have cannot be joined, and nobody can be invited to it', async () => {
    await ivs.realTime.send(new DeleteStageCommand({ arn: host.stageArn }));
    await expect(world.join(undefined, host)).rejects.toThrow(ConflictError);
    await expect(world.invite(host, bob)).rejects.toThrow(ConflictError);
    expect(await world.tokens(host)).toEqual([]);
  });
});

test('each operation takes as many requests as its docstring says', async () => {
  const client = documentClient({ ...localCredentials, endpoint: database().engine.endpoint });
  const requests = recordRequests(client);
  const overrides = { database: { ...database(), client } };
  const sent = async (step: () => Promise<unknown>) => {
    await step();
    return requests().toSorted();
  };
  const reads = ['GetItem', 'GetItem', 'Query'];
  expect(await sent(() => world.invite(host, bob, overrides))).toEqual([...reads, 'TransactWriteItems']);
  expect(await sent(() => world.invite(host, bob, overrides))).toEqual(reads);
  expect(await sent(() => world.join(undefined, host, overrides))).toEqual(['Query']);
  expect(await sent(() => world.join(host, host, overrides))).toEqual(['GetItem', 'Query']);
  expect(await sent(() => world.join(bob, host, overrides))).toEqual(['GetItem', 'GetItem', ...reads]);
  expect(await sent(() => world.withdraw(host, bob, overrides))).toEqual([
    'GetItem',
    ...reads,
    'TransactWriteItems',
  ]);
  expect(await sent(() => world.withdraw(host, bob, overrides))).toEqual(reads);
  expect(await sent(() => world.join(bob, host, overrides))).toEqual(reads);
  client.destroy();
});
