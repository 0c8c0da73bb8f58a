import {
  CreateParticipantTokenCommand,
  type CreateParticipantTokenCommandInput,
  CreateStageCommand,
  type CreateStageCommandInput,
  DeleteStageCommand,
  DisconnectParticipantCommand,
  GetStageCommand,
  ListParticipantsCommand,
  ListStageSessionsCommand,
  paginateListStages,
  UpdateStageCommand,
} from '@aws-sdk/client-ivs-realtime';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { tokenBuckets, unlimited } from '../../local/ivs/quotas.ts';
import { ACCOUNT, startIvs, type TestIvs } from './localIvsEndpoint.ts';

const NOW = new Date('2026-01-15T12:00:00Z');
const SESSION = 'st-1CVugbu2cf2n8';
const MISSING = `${ACCOUNT}:stage/missing`;

let ivs: TestIvs;
beforeEach(async () => {
  ivs = await startIvs({ quota: unlimited, now: () => NOW });
});
afterEach(() => ivs.stop());

async function create(input: CreateStageCommandInput = {}): Promise<string> {
  const { stage } = await ivs.realTime.send(new CreateStageCommand(input));
  return stage?.arn ?? '';
}
const refusal = (name: string, httpStatusCode: number) => ({ name, $metadata: { httpStatusCode } });
const notFound = {
  ...refusal('ResourceNotFoundException', 404),
  exceptionMessage: expect.stringContaining('missing'),
};

let ids = 0;
/** An event of participant `who` on a stage at `clock`, a time of day. */
function learn(stage: string, event_name: string, who: string, clock: string): void {
  ids += 1;
  ivs.simulator.applyEvent({
    id: `stage-event-${ids}`,
    'detail-type': 'IVS Stage Update',
    source: 'aws.ivs',
    time: `2026-01-15T${clock}Z`,
    resources: [stage],
    detail: { session_id: SESSION, event_name, user_id: `user-${who}`, participant_id: who },
  });
}
const sessions = async (stageArn: string) =>
  (await ivs.realTime.send(new ListStageSessionsCommand({ stageArn }))).stageSessions;
const participants = async (stageArn: string, filter: object = {}) => {
  const request = new ListParticipantsCommand({ stageArn, sessionId: SESSION, ...filter });
  return (await ivs.realTime.send(request)).participants;
};

describe('a stage', () => {
  test('has the requested settings, and the endpoints of its Region', async () => {
    const tags = { stack: 'UGC-test' };
    const { stage } = await ivs.realTime.send(new CreateStageCommand({ name: 'alice', tags }));
    expect(stage).toMatchObject({
      arn: expect.stringMatching(/^arn:aws:ivs:us-west-2:000000000000:stage\/[A-Za-z0-9]{12}$/),
      name: 'alice',
      tags,
      endpoints: { whip: expect.stringContaining('https://'), events: expect.stringContaining('wss://') },
    });
    const read = await ivs.realTime.send(new GetStageCommand({ arn: stage?.arn }));
    expect(read.stage).toEqual(stage);
  });

  test('can be renamed', async () => {
    const arn = await create({ name: 'alice', tags: { a: 'b' } });
    await ivs.realTime.send(new UpdateStageCommand({ arn, name: 'bob' }));
    const { stage } = await ivs.realTime.send(new GetStageCommand({ arn }));
    expect(stage).toMatchObject({ name: 'bob', tags: { a: 'b' } });
  });

  test('is on one page of the list, with its tags', async () => {
    const made = await Promise.all(['a', 'b', 'c'].map(user => create({ name: user, tags: { user } })));
    const listed: (string | undefined)[] = [];
    for await (const page of paginateListStages({ client: ivs.realTime, pageSize: 2 }, {})) {
      for (const { arn, name, tags } of page.stages ?? []) {
        expect(tags).toEqual({ user: name });
        listed.push(arn);
      }
    }
    expect(listed).toEqual([...made].sort());
  });

  test('is gone after a deletion, and does not come back when an event of it arrives', async () => {
    const arn = await create();
    await ivs.realTime.send(new DeleteStageCommand({ arn }));
    learn(arn, 'Participant Published', 'p1', '10:00:00');
    expect(ivs.simulator.resources().stages).toEqual([]);
    for (const call of [new DeleteStageCommand({ arn }), new GetStageCommand({ arn })]) {
      await expect(ivs.realTime.send(call)).rejects.toMatchObject(refusal('ResourceNotFoundException', 404));
    }
  });

  test('is refused at the quota of the account', async () => {
    await ivs.stop();
    ivs = await startIvs({ quota: unlimited, limits: { stages: 1 } });
    await create();
    await expect(create()).rejects.toMatchObject(refusal('ServiceQuotaExceededException', 402));
  });

  test('can be created with tokens, which are in the answer', async () => {
    const participantTokenConfigurations = [{ userId: 'u-1' }, { userId: 'u-2', duration: 1 }];
    const made = await ivs.realTime.send(new CreateStageCommand({ participantTokenConfigurations }));
    expect(made.participantTokens).toMatchObject([
      { userId: 'u-1', duration: 720, expirationTime: new Date('2026-01-16T00:00:00Z') },
      { userId: 'u-2', duration: 1, expirationTime: new Date('2026-01-15T12:01:00Z') },
    ]);
  });
});

describe('a participant token', () => {
  const ask = async (input: Partial<CreateParticipantTokenCommandInput> = {}) => {
    const stageArn = input.stageArn ?? (await create());
    const request = new CreateParticipantTokenCommand({ ...input, stageArn });
    return (await ivs.realTime.send(request)).participantToken;
  };

  test('is for a new participant, who may publish and subscribe for twelve hours', async () => {
    const stageArn = await create();
    const [one, other] = [await ask({ stageArn, userId: 'u-1' }), await ask({ stageArn, userId: 'u-1' })];
    expect(one).toMatchObject({ userId: 'u-1', duration: 720, capabilities: ['PUBLISH', 'SUBSCRIBE'] });
    expect(one?.participantId).not.toBe(other?.participantId);
    expect(one?.token).not.toBe(other?.token);
  });

  test.each<[string, Partial<CreateParticipantTokenCommandInput>]>([
    ['more than 14 days', { duration: 20_161 }],
    ['zero minutes', { duration: 0 }],
    ['an unknown capability', { capabilities: ['MODERATE' as 'PUBLISH'] }],
    ['more than a kilobyte of attributes', { attributes: { a: 'x'.repeat(1024) } }],
  ])('for %s is refused', async (_name, input) => {
    await expect(ask(input)).rejects.toMatchObject(refusal('ValidationException', 400));
  });

  test('needs an existing stage', async () => {
    await expect(ask({ stageArn: MISSING })).rejects.toMatchObject(notFound);
  });
});

describe('the participants of a stage', () => {
  test('are learned from events, in any order', async () => {
    const arn = await create();
    learn(arn, 'Participant Unpublished', 'p1', '10:30:00');
    learn(arn, 'Participant Published', 'p2', '10:10:00');
    learn(arn, 'Participant Published', 'p1', '10:00:00');
    expect(await sessions(arn)).toEqual([
      { sessionId: SESSION, startTime: new Date('2026-01-15T10:00:00Z') },
    ]);
    expect(await participants(arn)).toMatchObject([
      { participantId: 'p1', userId: 'user-p1', state: 'CONNECTED', published: true },
      { participantId: 'p2', userId: 'user-p2', firstJoinTime: new Date('2026-01-15T10:10:00Z') },
    ]);
    expect(await participants(arn, { filterByUserId: 'user-p2' })).toHaveLength(1);
    const { stage } = await ivs.realTime.send(new GetStageCommand({ arn }));
    expect(stage?.activeSessionId).toBe(SESSION);
  });

  test('can be disconnected, which ends their publishing and, for the last one, the session', async () => {
    const stageArn = await create();
    learn(stageArn, 'Participant Published', 'p1', '10:00:00');
    const off = new DisconnectParticipantCommand({ stageArn, participantId: 'p1', reason: 'rude' });
    await ivs.realTime.send(off);
    expect(await participants(stageArn, { filterByState: 'DISCONNECTED' })).toHaveLength(1);
    expect(await sessions(stageArn)).toMatchObject([{ endTime: NOW }]);
    expect(ivs.emitted).toMatchObject([
      {
        resources: [stageArn],
        detail: { event_name: 'Participant Unpublished', participant_id: 'p1', session_id: SESSION },
      },
    ]);
  });

  test('can be disconnected before they join if they have a token; anybody else is not found', async () => {
    const stageArn = await create();
    const { participantToken } = await ivs.realTime.send(new CreateParticipantTokenCommand({ stageArn }));
    const off = (participantId: string | undefined) =>
      ivs.realTime.send(new DisconnectParticipantCommand({ stageArn, participantId }));
    await off(participantToken?.participantId);
    expect(ivs.emitted).toEqual([]);
    await expect(off('missing')).rejects.toMatchObject(notFound);
  });

  test('are empty lists for an unknown stage, not an error', async () => {
    expect(await sessions(MISSING)).toEqual([]);
    expect(await participants(MISSING)).toEqual([]);
  });

  test('can be listed with one filter at a time', async () => {
    const filters = { filterByUserId: 'u-1', filterByPublished: true };
    await expect(participants(await create(), filters)).rejects.toMatchObject(
      refusal('ValidationException', 400),
    );
  });
});

test('IVS Real-Time allows 50 participant tokens and 5 new stages a second', () => {
  const quota = tokenBuckets(() => 0);
  const calls = (operation: string) => Array.from({ length: 99 }, () => quota(operation)).filter(Boolean);
  expect(['CreateParticipantToken', 'CreateStage'].map(name => calls(name).length)).toEqual([50, 5]);
});
