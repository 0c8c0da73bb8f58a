import { PutCommand, QueryCommand } from '@aws-sdk/lib-dynamodb';
import fc from 'fast-check';
import { stageParticipantRow } from '../../model/stage.ts';
import { getStage } from '../../store/stages.ts';
import { type Envelope, second, stageEvent } from '../support/ivsEvents.ts';
import { randomNumbers } from '../support/randomNumbers.ts';
import { type Drawn, withFewerFaults, withOtherSeeds, without } from './campaign.ts';
import { chancesOfEvents } from './eventHistory.ts';
import { deliver, type EventScene } from './playEvents.ts';
import { drawnSchedule } from './schedule.ts';
import { type FaultChances, noFaults } from './trouble.ts';

/** Events of one stage, in the order of delivery. */
export interface StageHistory {
  readonly events: readonly Envelope[];
  readonly workers: number;
  readonly chances: FaultChances;
  /** The seed of the faults and of the order of requests. */
  readonly seed: number;
}

const participants = ['p1', 'p2', 'p3'] as const;
const PUBLISHED = 'Participant Published';

const event: fc.Arbitrary<Envelope> = fc
  .tuple(
    fc.constantFrom(PUBLISHED, 'Participant Unpublished'),
    fc.constantFrom(...participants),
    fc.integer({ min: 0, max: 4 }),
  )
  .map(([name, participant, at]) => stageEvent(name, participant, second(at)));

export const stageHistories: Drawn<StageHistory> = {
  histories: fc.record({
    events: fc
      .array(event, { minLength: 2, maxLength: 6 })
      .map(all => all.map((one, index) => ({ ...one, id: `e${index}` }))),
    workers: fc.integer({ min: 2, max: 3 }),
    chances: fc.oneof(fc.constant(noFaults), chancesOfEvents),
    seed: fc.nat(),
  }),
  *shorter(history) {
    yield* withOtherSeeds([...withFewerFaults(history), ...without(history, 'events')]);
  },
};

/** Delivers the events of a history with faults and again without, and returns every violation. */
export async function playStage(scene: EventScene, history: StageHistory): Promise<string[]> {
  const { database, met } = scene;
  const id = scene.newChannelId();
  const arn = `arn:aws:ivs:us-west-2:123456789012:stage/${id}`;
  const times = { createdAt: second(0), updatedAt: second(0) };
  const Item = {
    id,
    arn,
    name: id,
    userId: 'u',
    isLive: false,
    publishedParticipants: [],
    version: 1,
    ...times,
  };
  await database.client.send(new PutCommand({ TableName: database.names.stages, Item }));
  const events = history.events.map(one => ({ ...one, resources: [arn] }));
  const violations = new Set<string>();
  const rows = async () => {
    const { Items = [] } = await database.client.send(
      new QueryCommand({
        TableName: database.names.stageParticipants,
        ConsistentRead: true,
        KeyConditionExpression: 'stageId = :id',
        ExpressionAttributeValues: { ':id': id },
      }),
    );
    return Items.map(item => stageParticipantRow.parse(item));
  };
  const onWritten = async () => {
    const [stage, all] = await Promise.all([getStage(database, id), rows()]);
    const publishing = all.filter(({ published }) => published).map(row => row.id);
    const shown = stage?.publishedParticipants ?? [];
    if (String(shown) !== String(publishing.sort()))
      violations.add(
        `the stage lists [${shown}] as publishing, and the participant rows say [${publishing}]`,
      );
    if (stage?.isLive !== (stage?.live !== undefined))
      violations.add(`with isLive ${stage?.isLive}, its key in the list of live stages is ${stage?.live}`);
    if (stage?.isLive !== shown.length > 0)
      violations.add(`with [${shown}] publishing, isLive is ${stage?.isLive}`);
  };
  const seed = history.seed;
  const schedule = drawnSchedule(randomNumbers(seed + 1));
  const trouble = { chances: history.chances, random: randomNumbers(seed), met, onWritten, schedule };
  await deliver(scene, events, history.workers, trouble);
  await deliver(scene, events, 1, { chances: noFaults, random: () => 1, met, onWritten });
  const wanted = publishers(history.events);
  const shown = (await getStage(database, id))?.publishedParticipants;
  if (String(shown) !== String(wanted))
    violations.add(`the stage lists [${shown}] as publishing, not [${wanted}]`);
  return [...violations];
}

/**
 * The participants whose latest event is Participant Published. Of two events of one instant, Unpublished is
 * the later.
 */
function publishers(events: readonly Envelope[]): string[] {
  const order = ({ detail }: Envelope) => `${detail['event_time']}${detail['event_name']}`;
  return participants.filter(participant => {
    const own = events.filter(({ detail }) => detail['participant_id'] === participant);
    const [last] = own.sort((a, b) => (order(a) < order(b) ? 1 : -1));
    return last?.detail['event_name'] === PUBLISHED;
  });
}
