import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { paginateScan } from '@aws-sdk/lib-dynamodb';
import { stageControl } from '../../ivs/stageControl.ts';
import { finishPending } from '../../lambdas/maintenance/pending.ts';
import { sweepResources } from '../../lambdas/maintenance/sweep.ts';
import type { Database } from '../../store/database.ts';
import { partner, resourcesOf } from './app.ts';
import type { World } from './world.ts';

// Days after the last history: what was given up is taken away by then.
const clock = () => new Date('2026-02-15T10:00:00.000Z');
const ample = { left: () => 600_000, wait: async () => void (await sleep(1)) };

/**
 * Runs the schedules as if days had gone by, and gives what is wrong then: what IVS has and no row knows, what rows know
 * and IVS does not have, and what the schedules could not do.
 */
export async function unrecorded(world: World): Promise<string[]> {
  const { database, ivs } = world;
  const resources = resourcesOf({ ...world, clock });
  const silent = () => {};
  const log = { info: silent, error: silent };
  const dependencies = {
    database,
    resources,
    stages: stageControl(world.ivsClients.realTime),
    ivs: resources,
    clock,
    partner,
    newId: () => randomUUID(),
    log,
  };
  const pending = await finishPending(dependencies, ample);
  const swept = await sweepResources(dependencies, ample);
  const failed = [...pending.failed, ...swept.failed];

  const { channels, rooms, stages } = ivs.resources();
  const made = [...channels, ...rooms, ...stages].map(({ arn }) => arn);
  const onRecord = new Set([
    ...(await arnsIn(database, 'channels')),
    ...(await arnsIn(database, 'chatRooms')),
    ...(await arnsIn(database, 'stages')),
  ]);
  const orphans = made.filter(arn => !onRecord.delete(arn));
  return [
    ...failed.map(id => `6: the schedules could not finish ${id}`),
    ...(await leftFor(database, new Set(channels.filter(({ isLive }) => isLive).map(({ arn }) => arn)))),
    ...orphans.map(arn => `6: no row knows ${arn}`),
    ...[...onRecord].map(arn => `6: IVS does not have ${arn}`),
  ];
}

/**
 * What is still to be finished. A partner's channel whose type is to be raised may be, while it is live or has a session
 * that is open: IVS changes none that is live, and closing what is open is the reconciler's.
 */
async function leftFor({ client, names }: Database, live: ReadonlySet<string>): Promise<string[]> {
  const left: string[] = [];
  const rows = async function* (TableName: string) {
    for await (const { Items = [] } of paginateScan({ client }, { TableName, ConsistentRead: true }))
      yield* Items;
  };
  for await (const { id, status } of rows(names.users))
    if (status !== 'active') left.push(`6: the schedules left the user ${id}, who is ${status}`);
  for await (const { id, arn, pending, pendingType, openStreamId, streamKey } of rows(names.channels)) {
    const waits = pendingType !== undefined && (live.has(arn) || openStreamId !== undefined);
    if (pending === undefined || waits) continue;
    const what = `type to be ${pendingType ?? 'as it is'}, ${streamKey === undefined ? 'no' : 'a'} stream key`;
    left.push(`6: the schedules left the channel ${id}: ${what}`);
  }
  return left;
}

/** The ARNs of what was made at IVS. Channels of histories of events were not. */
async function arnsIn(
  { client, names }: Database,
  table: 'channels' | 'chatRooms' | 'stages',
): Promise<string[]> {
  const arns: string[] = [];
  for await (const { Items = [] } of paginateScan(
    { client },
    { TableName: names[table], ConsistentRead: true },
  )) {
    arns.push(...Items.map(item => String(item['arn'])).filter(arn => !arn.includes(':123456789012:')));
  }
  return arns;
}
