import { z } from 'zod';
import { ivsClients } from '../../ivs/userResources.ts';
import { tableNames } from '../../model/tables.ts';
import { documentClient, tableNamesFrom } from '../../store/database.ts';
import { eventHandler } from '../../streamEventsApi/handleEvent.ts';
import { appOf, ask } from './app.ts';
import { settings } from './world.ts';

/**
 * A process that runs jobs from its parent until it is killed. It has the environment of a Lambda function,
 * and the SDK's own variables point it to the local AWS endpoints.
 */
const job = z.object({
  id: z.number(),
  now: z.string(),
  work: z.union([
    z.object({ event: z.unknown() }).strict(),
    z.object({
      sourceIp: z.string(),
      sent: z.object({
        method: z.string(),
        path: z.string(),
        token: z.string().optional(),
        body: z.record(z.string(), z.unknown()).optional(),
        idempotencyKey: z.string().optional(),
      }),
    }),
  ]),
});

function main(): void {
  let now = new Date();
  const clock = () => now;
  const database = {
    client: documentClient({ ...settings, maxAttempts: 2 }),
    names: tableNamesFrom(process.env, tableNames),
  };
  const secret = new Uint8Array(Buffer.from(process.env['SIGNING_SECRET'] ?? '', 'hex'));
  const app = appOf({ database, ivsClients: ivsClients(settings), clock, secret });
  const silent = () => {};
  const log = { info: silent, warn: silent, error: silent };
  const handle = eventHandler({ database, clock, log, count: silent });

  process.on('message', async message => {
    const { id, now: time, work } = job.parse(message);
    now = new Date(time);
    try {
      const done = 'event' in work ? await handle(work.event) : await ask(app, work.sent, work.sourceIp);
      process.send?.({ id, done });
    } catch (error) {
      process.send?.({ id, failed: String(error) });
    }
  });
  process.on('disconnect', () => process.exit());
  process.send?.('ready');
}

main();
