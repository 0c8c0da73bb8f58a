import { randomBytes } from 'node:crypto';
import { getRequestListener } from '@hono/node-server';
import { reconcileSchedule } from '../model/functions.ts';
import { LOCAL_ACCOUNT } from '../model/localEndpoint.ts';
import type { TableName } from '../model/tables.ts';
import type { ReconcileReport } from '../streamEventsApi/reconcile.ts';
import { awsEndpoint } from './awsEndpoint/awsEndpoint.ts';
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
import { repeatedly } from './repeatedly.ts';
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
  /** Reconciles now. */
  readonly reconcile: () => Promise<ReconcileReport>;
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
  const secret = cursorSecret(region);
  const cursorSecretId = secret.arn;
  setFunctionEnvironment(process.env, {
    awsPort: awsPort.port,
    region,
    dynamodbEndpoint,
    cursorSecretId,
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
  const ivs = ivsSimulator({
    emit: event => void receive(event, true),
    quota: options.ivsQuota ?? tokenBuckets(() => performance.now()),
    snapshot: snapshots.read(),
  });
  const receive = eventReceiver({ ivs, bus, snapshots, log });

  const createdAt = secret.createdAt.toISOString();
  const services = localServices({
    stack: { stackName, account: LOCAL_ACCOUNT, region, createdAt, apiUrl, names },
    secrets: [secret],
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
  const reconciling = repeatedly(reconcileSchedule.everyMinutes * 60_000, handlers.reconcile, error =>
    logger.error('reconciling failed', { error }),
  );

  return {
    stackName,
    apiUrl,
    awsUrl: `http://localhost:${awsPort.port}`,
    names,
    ivs,
    deadLetters: bus.deadLetters,
    reconcile: reconciling.run,
    stop: async () => {
      await reconciling.stop();
      await Promise.all([apiPort.close(), awsPort.close()]);
      await bus.idle();
      snapshots.flush();
      services.dynamo.close();
      handlers.close();
      await tables.close();
    },
  };
}

/** A new one for each start: a cursor is good for as long as the stack runs. */
function cursorSecret(region: string) {
  const name = 'CursorSecret';
  const arn = `arn:aws:secretsmanager:${region}:${LOCAL_ACCOUNT}:secret:${name}`;
  return { name, arn, value: randomBytes(32).toString('hex'), createdAt: new Date() };
}
