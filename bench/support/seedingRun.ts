import { BatchWriteCommand } from '@aws-sdk/lib-dynamodb';
import { createTables } from '../../local/dynamo/createTables.ts';
import { planRows } from '../../seed/plan.ts';
import type { SeedPlan } from '../../seed/seedPlan.ts';
import { type Database, documentClient } from '../../store/database.ts';
import { putSeedRows, type UnmarkedRow } from '../../store/putSeedRows.ts';
import { newRun, runMark, type SeedRun, seedShards } from '../../store/seedIndex.ts';
import { Tally } from '../../store/tally.ts';

/** The measurements that the process prints at its end. */
export interface Measured {
  readonly rows: number;
  readonly ms: number;
  readonly cpuMs: number;
  readonly peakRssMb: number;
}

type Writer = (database: Database, rows: Iterable<UnmarkedRow>, run: SeedRun) => Promise<number>;

const writers: Readonly<Record<string, Writer>> = {
  /** Writes in the same way as `make seed`. */
  async makeSeed(database, rows, run) {
    const tally = new Tally();
    await putSeedRows(database, rows, run, tally);
    return tally.total;
  },

  /** Writes batches of 25 rows with the document client, one after another. */
  async baseline({ client, names }, rows, run) {
    let total = 0;
    let size = 0;
    let requests: Record<string, { PutRequest: { Item: Record<string, unknown> } }[]> = {};
    const flush = async () => {
      if (size > 0) await client.send(new BatchWriteCommand({ RequestItems: requests }));
      total += size;
      size = 0;
      requests = {};
    };
    for (const { table, row } of rows) {
      const seedShard = seedShards[(total + size) % seedShards.length];
      const name = names[table];
      requests[name] ??= [];
      requests[name].push({ PutRequest: { Item: { ...row, seedShard, seedRun: runMark(run) } } });
      if (++size === 25) await flush();
    }
    await flush();
    return total;
  },
};

/** Seeds `count` channels at `endpoint` with one of the writers. */
async function main([name = '', count = '', endpoint = '']: readonly string[]): Promise<void> {
  const write = writers[name];
  if (write === undefined) throw new Error(`there is no writer ${name}`);
  const now = new Date();
  const client = documentClient({
    endpoint,
    region: 'us-west-2',
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
  });
  const names = await createTables(client, name => `bench-${name}`);
  const plan: SeedPlan = {
    set: 1,
    count: Number(count),
    offline: 1,
    channels: [],
    region: 'us-west-2',
    now: now.toISOString(),
  };
  const cpu = process.cpuUsage();
  const started = performance.now();
  const rows = await write({ client, names }, planRows(plan), newRun(1, now, 'bench'));
  const ms = performance.now() - started;
  const { user, system } = process.cpuUsage(cpu);
  client.destroy();
  const measured: Measured = {
    rows,
    ms,
    cpuMs: (user + system) / 1000,
    peakRssMb: process.resourceUsage().maxRSS / 1024,
  };
  process.stdout.write(JSON.stringify(measured));
}

void main(process.argv.slice(2));
