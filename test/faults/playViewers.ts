import { QueryCommand } from '@aws-sdk/lib-dynamodb';
import fc from 'fast-check';
import { additionsOf } from '../../domain/viewers/samples.ts';
import { viewerMinuteRow } from '../../model/viewerMinute.ts';
import type { Database } from '../../store/database.ts';
import { viewerCounter } from '../../store/viewerCounts.ts';
import { randomNumbers } from '../support/randomNumbers.ts';
import { type Drawn, redrawn, without } from './campaign.ts';
import { inLife } from './lives.ts';
import { drawnSchedule } from './schedule.ts';
import { calm, type Met } from './trouble.ts';

/** Samples of one minute, all at once: the number of the viewer who sends each. */
export interface ViewerHistory {
  readonly samples: readonly number[];
  readonly seed: number;
}

// Without faults: a process that ends between the two writes of a sample leaves the count as it is, by design.
export const viewerHistories: Drawn<ViewerHistory> = {
  histories: fc.record({ samples: fc.array(fc.nat(2), { minLength: 2, maxLength: 6 }), seed: fc.nat() }),
  *shorter(history) {
    yield* redrawn(without(history, 'samples'));
  },
};

/** Counts the viewers of a history, and gives what is counted that is not so. */
export async function playViewers(
  { database, met, newStreamId }: { database: Database; met: Met; newStreamId: () => string },
  { samples, seed }: ViewerHistory,
): Promise<string[]> {
  const streamId = newStreamId();
  const minute = '2026-01-15T10:00:00.000Z';
  const times = { expiresAt: 1_800_000_000, createdAt: minute, updatedAt: minute };
  const count = viewerCounter(database);
  const schedule = drawnSchedule(randomNumbers(seed));
  const trouble = { chances: calm, random: () => 1, met, schedule };
  const latencyMs = 3_000;
  const answers = await Promise.all(
    samples.map(viewer => {
      met.handled++;
      const sample = {
        viewer: `${streamId}#${viewer}`,
        minute,
        networkHash: 'n',
        weight: 1,
        latencyMs,
        ...times,
      };
      return inLife(trouble, () =>
        count({ streamId, minute, sample, added: additionsOf({ latencyMs }, 1), mark: {} }),
      );
    }),
  );
  const { Items = [] } = await database.client.send(
    new QueryCommand({
      TableName: database.names.metrics,
      ConsistentRead: true,
      KeyConditionExpression: 'streamId = :id',
      ExpressionAttributeValues: { ':id': streamId },
    }),
  );
  const rows = Items.map(item => viewerMinuteRow.parse(item));
  const wanted = new Set(samples).size;
  const counted = rows.reduce((sum, row) => sum + row.viewers, 0);
  const latency = rows.reduce((sum, row) => sum + row.latencyMsSum, 0);
  return [
    ...(counted === wanted ? [] : [`8: ${counted} viewers are counted of ${wanted}`]),
    ...(latency === wanted * latencyMs ? [] : [`8: latencies of ${latency} ms in all, of ${wanted} viewers`]),
    ...(answers.filter(answer => answer !== 'before').length === wanted
      ? []
      : [`8: answered with ${answers}, for ${wanted} viewers`]),
  ];
}
