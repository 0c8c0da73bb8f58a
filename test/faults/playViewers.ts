import { QueryCommand } from '@aws-sdk/lib-dynamodb';
import fc from 'fast-check';
import { additionsOf } from '../../domain/viewers/samples.ts';
import { viewerMinuteRow } from '../../model/viewerMinute.ts';
import type { Database } from '../../store/database.ts';
import { viewerCounter } from '../../store/viewerCounts.ts';
import { randomNumbers } from '../support/randomNumbers.ts';
import { type Drawn, withOtherSeeds, without } from './campaign.ts';
import { inLife } from './lives.ts';
import { drawnSchedule } from './schedule.ts';
import { type Met, noFaults } from './trouble.ts';

/** Concurrent samples of one minute, as the numbers of the viewers who send them. */
export interface ViewerHistory {
  readonly samples: readonly number[];
  readonly seed: number;
}

// Without faults: a process that ends between the two writes of a sample leaves the count unchanged, by
// design.
export const viewerHistories: Drawn<ViewerHistory> = {
  histories: fc.record({ samples: fc.array(fc.nat(2), { minLength: 2, maxLength: 6 }), seed: fc.nat() }),
  *shorter(history) {
    yield* withOtherSeeds(without(history, 'samples'));
  },
};

/** Counts the viewers of a history, and returns every violation. */
export async function playViewers(
  { database, met, newStreamId }: { database: Database; met: Met; newStreamId: () => string },
  { samples, seed }: ViewerHistory,
): Promise<string[]> {
  const streamId = newStreamId();
  const minute = '2026-01-15T10:00:00.000Z';
  const times = { expiresAt: 1_800_000_000, createdAt: minute, updatedAt: minute };
  const count = viewerCounter(database);
  const schedule = drawnSchedule(randomNumbers(seed));
  const trouble = { chances: noFaults, random: () => 1, met, schedule };
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
    ...(counted === wanted ? [] : [`the count is ${counted} viewers, not ${wanted}`]),
    ...(latency === wanted * latencyMs
      ? []
      : [`the sum of latencies is ${latency} ms, not ${wanted * latencyMs} ms`]),
    ...(answers.filter(answer => answer !== 'before').length === wanted
      ? []
      : [`the samples were answered with ${answers}, and ${wanted} of them should be counted`]),
  ];
}
