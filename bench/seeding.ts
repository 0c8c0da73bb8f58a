import { execFile } from 'node:child_process';
import { Agent, createServer, request as httpRequest } from 'node:http';
import { pipeline } from 'node:stream/promises';
import { promisify } from 'node:util';
import { LOOPBACK, startEngine } from '../local/dynamo/engine.ts';
import { printTable, times } from './support/report.ts';
import type { Measured } from './support/seedingRun.ts';

/**
 * `npx tsx bench/seeding.ts [channels]`: rows a second of seeding and its memory, beside batches of 25 that are written
 * one at a time, on the same engine. Each is a process of its own with an engine of its own.
 */
const CHANNELS = Number(process.argv[2] ?? 10_000);
/** What a request to DynamoDB takes within its Region, about. The engine answers on loopback, without a network. */
const NETWORK_MS = 5;

async function measure(way: 'ours' | 'usual', channels: number, networkMs: number): Promise<Measured> {
  const engine = await startEngine();
  const network = networkMs === 0 ? undefined : await startNetwork(engine.endpoint, networkMs);
  try {
    const { stdout } = await promisify(execFile)(
      process.execPath,
      [
        '--import',
        'tsx',
        'bench/support/seedingRun.ts',
        way,
        String(channels),
        network?.endpoint ?? engine.endpoint,
      ],
      { env: { ...process.env, AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true' } },
    );
    return JSON.parse(stdout);
  } finally {
    await network?.stop();
    await engine.stop();
  }
}

/** Passes requests on to `target` after a while, and answers as they come. */
async function startNetwork(target: string, delayMs: number) {
  const agent = new Agent({ keepAlive: true });
  const server = createServer((incoming, response) => {
    const options = { method: 'POST', agent, headers: incoming.headers };
    setTimeout(() => {
      const outgoing = httpRequest(target, options, reply => {
        response.writeHead(reply.statusCode ?? 502, reply.headers);
        pipeline(reply, response).catch(() => response.destroy());
      });
      pipeline(incoming, outgoing).catch(() => response.destroy());
    }, delayMs);
  });
  await new Promise<void>(resolve => server.listen(0, LOOPBACK, resolve));
  const address = server.address();
  if (typeof address !== 'object' || address === null) throw new Error('it listens on a port');
  return {
    endpoint: `http://${LOOPBACK}:${address.port}`,
    stop: () => {
      agent.destroy();
      server.closeAllConnections();
      return new Promise<void>(resolve => server.close(() => resolve()));
    },
  };
}

const perSecond = ({ rows, ms }: Measured) => (rows * 1000) / ms;

async function main(): Promise<void> {
  const lines: (string | number)[][] = [
    [
      'engine',
      'way',
      'channels',
      'rows',
      'rows/s',
      'beside the usual way',
      'client CPU ms/1000 rows',
      'peak RSS MB',
    ],
  ];
  for (const networkMs of [0, NETWORK_MS]) {
    const engine = networkMs === 0 ? 'on loopback' : `${networkMs} ms away`;
    const usual = await measure('usual', CHANNELS, networkMs);
    const line = (way: string, channels: number, measured: Measured) => [
      engine,
      way,
      channels,
      measured.rows,
      Math.round(perSecond(measured)),
      times(perSecond(measured) / perSecond(usual)),
      Math.round((measured.cpuMs * 1000) / measured.rows),
      Math.round(measured.peakRssMb),
    ];
    lines.push(line('one batch at a time', CHANNELS, usual));
    for (const channels of [CHANNELS / 10, CHANNELS]) {
      lines.push(line('make seed', channels, await measure('ours', channels, networkMs)));
    }
  }
  printTable(`Seeding ${CHANNELS.toLocaleString('en')} channels`, lines);
}

void main();
