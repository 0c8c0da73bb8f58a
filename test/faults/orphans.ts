import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { paginateScan } from '@aws-sdk/lib-dynamodb';
import { stageControl } from '../../ivs/stageControl.ts';
import { finishPending } from '../../lambdas/maintenance/pending.ts';
import { sweepResources } from '../../lambdas/maintenance/sweep.ts';
import type { Database } from '../../store/database.ts';
import { unusedBucket } from '../support/images.ts';
import { partner, resourcesOf } from './app.ts';
import type { World } from './world.ts';

// Long after the last history, when the schedules may delete everything that was given up. Each history of
// accounts can let months pass.
const clock = () => new Date('9000-01-01T00:00:00.000Z');
const ample = { left: () => 600_000, wait: async () => void (await sleep(1)) };

/**
 * Runs the schedules as if a long time had passed. Returns the IVS resources without a row, the rows without an IVS
 * resource, and what the schedules could not finish.
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
    bucket: unusedBucket,
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
    ...failed.map(id => `the schedules could not finish ${id}`),
    ...(await leftFor(database, new Set(channels.filter(({ isLive }) => isLive).map(({ arn }) => arn)))),
    ...orphans.map(arn => `IVS has ${arn}, and no row names it`),
    ...[...onRecord].map(arn => `a row names ${arn}, and IVS does not have it`),
  ];
}

/**
 * Unfinished work. A partner's channel may still wait for its type if it is live or has an open session: IVS
 * does not change a live channel, and closing a session is the reconciler's work.
 */
async function leftFor({ client, names }: Database, live: ReadonlySet<string>): Promise<string[]> {
  const left: string[] = [];
  const rows = async function* (TableName: string) {
    for await (const { Items = [] } of paginateScan({ client }, { TableName, ConsistentRead: true }))
      yield* Items;
  };
  for await (const { id, status } of rows(names.users))
    if (status !== 'active') left.push(`the schedules left the user ${id} in the status ${status}`);
  for await (const { id, arn, pending, pendingType, openStreamId, streamKey } of rows(names.channels)) {
    const waits = pendingType !== undefined && (live.has(arn) || openStreamId !== undefined);
    if (pending === undefined || waits) continue;
    const what = `pending type ${pendingType ?? 'none'}, ${streamKey === undefined ? 'no' : 'a'} stream key`;
    left.push(`the schedules left the channel ${id} pending: ${what}`);
  }
  return left;
}

/** The ARNs of resources at IVS. Channels of event histories exist only in the tables, and are left out. */
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
