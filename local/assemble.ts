import { randomBytes } from 'node:crypto';
import { getRequestListener } from '@hono/node-server';
import type { PendingReport } from '../maintenance/pending.ts';
import type { SweepReport } from '../maintenance/sweep.ts';
import { LOCAL_ACCOUNT } from '../model/localEndpoint.ts';
import type { TableName } from '../model/tables.ts';
import type { ReconcileReport } from '../streamEventsApi/reconcile.ts';
import { awsEndpoint } from './awsEndpoint/awsEndpoint.ts';
import type { LocalSecret } from './awsEndpoint/secretsManager.ts';
import { localServices } from './awsEndpoint/services.ts';
import type { OpenTables } from './dynamo/openTables.ts';
import { type DeadLetter, eventBus } from './eventBus/eventBus.ts';
import { ivsRule } from './eventBus/rule.ts';
import { setFunctionEnvironment } from './functionEnvironment.ts';
import { handlersFrom } from './handlers.ts';
import { type Quota, tokenBuckets } from './ivs/quotas.ts';
import { type IvsSimulator, ivsSimulator } from './ivs/simulator.ts';
import { noSnapshotFile, snapshotFile } from './ivs/snapshotFile.ts';
import type { OpenPort } from './listen.ts';
import { awsRequestLine, deadLetterLine, lineLogger, type WriteLine } from './log.ts';
import { eventReceiver } from './receiveEvent.ts';
import { startSchedules } from './schedules.ts';
import type { LocalSettings } from './settings.ts';

export interface LocalOptions extends LocalSettings {
  readonly log: WriteLine;
  /** The quotas of IVS, unless a test is of something else. */
  readonly ivsQuota?: Quota;
}

export interface AssembledStack {
  readonly stackName: string;
  readonly apiUrl: string;
  readonly awsUrl: string;
  readonly names: Readonly<Record<TableName, string>>;
  readonly ivs: IvsSimulator;
  readonly deadLetters: () => readonly DeadLetter[];
  /** Puts the categories, as a deployment does. */
  readonly putCategories: () => Promise<void>;
  /** What the schedules run, now. */
  readonly reconcile: () => Promise<ReconcileReport>;
  readonly finishPending: () => Promise<PendingReport>;
  readonly sweepResources: () => Promise<SweepReport>;
  /** Finishes what is under way and stops everything that was started. */
  stop(): Promise<void>;
}

/** Puts the parts of the local stack together and serves them on `ports`: the HTTP API's and the AWS endpoint's. */
export function assemble(
  options: LocalOptions,
  [apiPort, awsPort]: readonly [OpenPort, OpenPort],
  tables: OpenTables,
): AssembledStack {
  const { stackName, region, log } = options;
  const { endpoint: dynamodbEndpoint, names } = tables;
  const apiUrl = `http://localhost:${apiPort.port}`;
  const [cursorSecret, tokenSecret] = [newSecret('CursorSecret', region), newSecret('TokenSecret', region)];
  setFunctionEnvironment(process.env, {
    awsPort: awsPort.port,
    region,
    dynamodbEndpoint,
    cursorSecretId: cursorSecret.arn,
    tokenSecretId: tokenSecret.arn,
    stackName,
    partnerFollowers: options.partnerFollowers,
    names,
  });
  const logger = lineLogger(log);
  const handlers = handlersFrom(process.env, logger);

  const bus = eventBus({
    pattern: ivsRule,
    target: handlers.handleEvent,
    onDeadLetter: letter => log(deadLetterLine(letter)),
  });
  const { databaseFile } = options;
  const snapshots = databaseFile === undefined ? noSnapshotFile : snapshotFile(`${databaseFile}-ivs.json`);
  const ivs: IvsSimulator = ivsSimulator({
    emit: event => void receive(event, true),
    account: LOCAL_ACCOUNT,
    region,
    quota: options.ivsQuota ?? tokenBuckets(() => performance.now()),
    snapshot: snapshots.read(),
    onChange: () => snapshots.changed(() => ivs.snapshot()),
  });
  const receive = eventReceiver({ ivs, bus, log });

  const createdAt = cursorSecret.createdAt.toISOString();
  const services = localServices({
    stack: { stackName, account: LOCAL_ACCOUNT, region, createdAt, apiUrl, names },
    secrets: [cursorSecret, tokenSecret],
    dynamodbEndpoint,
    ivs,
    deadLetters: bus.deadLetters,
    receive,
  });
  awsPort.serve(
    awsEndpoint(services, {
      answered: (request, status) => {
        // Events have lines of their own.
        if (request.url.pathname !== '/_local/events' || status !== 200) log(awsRequestLine(request, status));
      },
      failed: (request, error) => logger.error(`the AWS endpoint failed at ${request}`, { error }),
    }),
  );
  apiPort.serve(getRequestListener(handlers.api.fetch, { overrideGlobalObjects: false }));
  const schedules = startSchedules(handlers, logger);

  return {
    stackName,
    apiUrl,
    awsUrl: `http://localhost:${awsPort.port}`,
    names,
    ivs,
    deadLetters: bus.deadLetters,
    putCategories: handlers.putCategories,
    reconcile: schedules.reconcile,
    finishPending: schedules.finishPending,
    sweepResources: schedules.sweepResources,
    stop: async () => {
      await schedules.stop();
      await Promise.all([apiPort.close(), awsPort.close()]);
      ivs.settle();
      await bus.idle();
      snapshots.flush();
      services.dynamo.close();
      handlers.close();
      await tables.close();
    },
  };
}

/** A new one for each start: cursors and access tokens are good for as long as the stack runs. */
function newSecret(name: string, region: string): LocalSecret {
  const arn = `arn:aws:secretsmanager:${region}:${LOCAL_ACCOUNT}:secret:${name}`;
  return { name, arn, value: randomBytes(32).toString('hex'), createdAt: new Date() };
}
