import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod';

/** US dollars per million units, on demand, in us-east-1 (docs/viewersAndScaling.md). */
const PRICE = { write: 0.625, read: 0.125 } as const;

/** The DynamoDB units that requests consumed. */
export interface Units {
  readonly requests: number;
  readonly reads: number;
  /** Write units of tables and local indexes; those of a transaction count twice. */
  readonly tableWrites: number;
  /** Write units of global indexes. */
  readonly indexWrites: number;
}

const consumed = z.object({
  CapacityUnits: z.number(),
  GlobalSecondaryIndexes: z.record(z.string(), z.object({ CapacityUnits: z.number() })).default({}),
});
const answer = z.object({
  ConsumedCapacity: z
    .union([z.array(consumed), consumed.transform(one => [one])])
    .optional()
    .default([]),
});

const isRead = /^(Get|BatchGet|Query|Scan)/;

/** Adds up the units that the engine reports for the requests of `client`. Returns a function that resets the sum. */
export function countUnits(client: DynamoDBDocumentClient): () => Units {
  const none: Units = { requests: 0, reads: 0, tableWrites: 0, indexWrites: 0 };
  let sum = none;
  client.middlewareStack.add(
    (next, { commandName = '' }) =>
      async request => {
        Object.assign(request.input, { ReturnConsumedCapacity: 'INDEXES' });
        const result = await next(request);
        const { ConsumedCapacity } = answer.parse(result.output);
        const all = ConsumedCapacity.reduce((total, { CapacityUnits }) => total + CapacityUnits, 0);
        const indexes = ConsumedCapacity.flatMap(one => Object.values(one.GlobalSecondaryIndexes));
        const indexWrites = indexes.reduce((total, { CapacityUnits }) => total + CapacityUnits, 0);
        const [reads, tableWrites, ofIndexes] = isRead.test(commandName)
          ? [all, 0, 0]
          : [0, all - indexWrites, indexWrites];
        sum = {
          requests: sum.requests + 1,
          reads: sum.reads + reads,
          tableWrites: sum.tableWrites + tableWrites,
          indexWrites: sum.indexWrites + ofIndexes,
        };
        return result;
      },
    { step: 'initialize', name: 'countUnits', priority: 'high' },
  );
  return () => {
    const units = sum;
    sum = none;
    return units;
  };
}

export const writesOf = ({ tableWrites, indexWrites }: Units): number => tableWrites + indexWrites;

export function addUnits(a: Units, b: Units): Units {
  return {
    requests: a.requests + b.requests,
    reads: a.reads + b.reads,
    tableWrites: a.tableWrites + b.tableWrites,
    indexWrites: a.indexWrites + b.indexWrites,
  };
}

/** Returns the price of `units`, `times` times, in US dollars. */
export function priceOf(units: Units, times: number): string {
  const dollars = (times * (writesOf(units) * PRICE.write + units.reads * PRICE.read)) / 1e6;
  return `$${dollars.toFixed(3)}`;
}
