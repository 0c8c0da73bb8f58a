import { Agent, request as httpRequest } from 'node:http';
import { text } from 'node:stream/consumers';
import { BatchWriteCommand } from '@aws-sdk/lib-dynamodb';
import { createTables } from '../../local/dynamo/createTables.ts';
import { planRows } from '../../seed/plan.ts';
import type { SeedPlan } from '../../seed/seedPlan.ts';
import { type Database, documentClient } from '../../store/database.ts';
import { batchesOf, markedRows, putSeedRows, type UnmarkedRow } from '../../store/putSeedRows.ts';
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

/**
 * Returns a writer that shows the limit of the engine: it sends requests whose bodies were built before the
 * time is taken, over so many connections.
 */
async function preparedWriter(
  connections: number,
  endpoint: string,
  { names }: Database,
  rows: Iterable<UnmarkedRow>,
  run: SeedRun,
): Promise<() => Promise<number>> {
  const bodies: { readonly body: string; readonly rows: number }[] = [];
  for (const batch of batchesOf(markedRows(rows, run))) {
    const [first] = batch;
    if (first === undefined) continue;
    const requests: Record<string, unknown[]> = {};
    for (const { table, request } of batch) {
      const name = names[table];
      requests[name] ??= [];
      requests[name].push(request);
    }
    bodies.push({ body: JSON.stringify({ RequestItems: requests }), rows: batch.length });
  }
  const agent = new Agent({ keepAlive: true, maxSockets: connections });
  return async () => {
    let next = 0;
    let written = 0;
    const writer = async () => {
      for (let one = bodies[next++]; one !== undefined; one = bodies[next++]) {
        await post(agent, endpoint, one.body);
        written += one.rows;
      }
    };
    await Promise.all(Array.from({ length: connections }, writer));
    agent.destroy();
    return written;
  };
}

function post(agent: Agent, endpoint: string, body: string): Promise<void> {
  const headers = {
    'Content-Type': 'application/x-amz-json-1.0',
    'X-Amz-Target': 'DynamoDB_20120810.BatchWriteItem',
    // The engine does not verify signatures, but requires their form.
    'X-Amz-Date': '20260115T100000Z',
    Authorization:
      'AWS4-HMAC-SHA256 Credential=local/20260115/us-west-2/dynamodb/aws4_request, SignedHeaders=host, Signature=0',
  };
  return new Promise((resolve, reject) => {
    const sent = httpRequest(endpoint, { agent, method: 'POST', headers }, answer => {
      text(answer).then(answered => {
        if (answered === '{"UnprocessedItems":{}}' || answered === '{}') resolve();
        else reject(new Error(`a batch was answered with ${answer.statusCode}: ${answered.slice(0, 200)}`));
      }, reject);
    });
    sent.once('error', reject).end(body);
  });
}

/** Seeds `count` channels at `endpoint` with one of the writers, or with prepared requests (`engine:4`). */
async function main([name = '', count = '', endpoint = '']: readonly string[]): Promise<void> {
  const [kind = '', connections] = name.split(':');
  const writer = writers[kind];
  if (writer === undefined && kind !== 'engine') throw new Error(`there is no writer ${name}`);
  const now = new Date();
  const client = documentClient({
    endpoint,
    region: 'us-west-2',
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
  });
  const names = await createTables(client, table => `bench-${table}`);
  const plan: SeedPlan = {
    set: 1,
    count: Number(count),
    offline: 1,
    channels: [],
    pastStreams: 0,
    region: 'us-west-2',
    now: now.toISOString(),
  };
  const database = { client, names };
  const run = newRun(1, now, 'bench');
  const write =
    writer === undefined
      ? await preparedWriter(Number(connections), endpoint, database, planRows(plan), run)
      : () => writer(database, planRows(plan), run);
  const cpu = process.cpuUsage();
  const started = performance.now();
  const rows = await write();
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
