import { randomBytes } from 'node:crypto';
import { answerRefusals, nodeListener } from '../lambdas/api/http/nodeServer.ts';
import type { PendingReport } from '../lambdas/maintenance/pending.ts';
import type { SweepReport } from '../lambdas/maintenance/sweep.ts';
import { LOCAL_ACCOUNT } from '../model/localEndpoint.ts';
import type { TableName } from '../model/tables.ts';
import type { ReconcileReport } from '../streamEventsApi/reconcile.ts';
import { withReference } from './apiReference/apiReference.ts';
import { localAttachments } from './attachments.ts';
import { awsEndpoint } from './awsEndpoint/awsEndpoint.ts';
import { RECORDINGS_PATH } from './awsEndpoint/recordings.ts';
import type { LocalSecret } from './awsEndpoint/secretsManager.ts';
import { localServices } from './awsEndpoint/services.ts';
import { localChat } from './chat/localChat.ts';
import { localDeadLetters } from './deadLetters.ts';
import type { OpenTables } from './dynamo/openTables.ts';
import { type DeadLetter, eventBus } from './eventBus/eventBus.ts';
import { ivsRule } from './eventBus/pattern.ts';
import { setFunctionEnvironment } from './functionEnvironment.ts';
import { handlersFrom } from './handlers.ts';
import { type Quota, tokenBuckets } from './ivs/quotas.ts';
import { type IvsSimulator, ivsSimulator } from './ivs/simulator.ts';
import type { OpenPort } from './listen.ts';
import { awsRequestLine, deadChatLine, deadLetterLine, lineLogger, type WriteLine } from './log.ts';
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
  /** Where chat clients connect. */
  readonly chatUrl: string;
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
  const { endpoint: dynamodbEndpoint, names, kept } = tables;
  const apiUrl = `http://localhost:${apiPort.port}`;
  const awsUrl = `http://localhost:${awsPort.port}`;
  const chatUrl = `ws://localhost:${awsPort.port}`;
  const recordingsUrl = `${awsUrl}${RECORDINGS_PATH}`;
  const attachments = localAttachments(stackName, region);
  const [cursorSecret, tokenSecret] = [newSecret('CursorSecret', region), newSecret('TokenSecret', region)];
  setFunctionEnvironment(process.env, {
    awsPort: awsPort.port,
    region,
    dynamodbEndpoint,
    cursorSecretId: cursorSecret.arn,
    tokenSecretId: tokenSecret.arn,
    stackName,
    partnerFollowers: options.partnerFollowers,
    recordingsUrl,
    chatEndpoint: chatUrl,
    attachments,
    names,
  });
  const logger = lineLogger(log);
  const handlers = handlersFrom(process.env, logger);

  const deadLetters = localDeadLetters(kept);
  const bus = eventBus({
    pattern: ivsRule,
    target: handlers.handleEvent,
    onDeadLetter: letter => {
      deadLetters.keepEvent(letter);
      log(deadLetterLine(letter));
    },
  });
  const ivs: IvsSimulator = ivsSimulator({
    emit: event => accept(event),
    onRoomEvent: event => chat.roomEvent(event),
    seededRoom: {
      messageReviewHandler: { uri: attachments.reviewHandlerArn, fallbackResult: attachments.reviewFallback },
      loggingConfigurationIdentifiers: [attachments.loggingConfigurationArn],
    },
    account: LOCAL_ACCOUNT,
    region,
    quota: options.ivsQuota ?? tokenBuckets(() => performance.now()),
    kept,
  });
  const { receive, accept, deliverLeft } = eventReceiver({ ivs, bus, log, kept });
  const chat = localChat({
    ivs,
    account: LOCAL_ACCOUNT,
    attachments,
    moderateChat: handlers.moderateChat,
    archiveChat: handlers.archiveChat,
    onDeadLetter: (letter, event) => {
      deadLetters.keepChat(letter, event);
      log(deadChatLine(letter));
    },
    failed: (what, error) => logger.error(what, { error }),
    kept,
  });
  deliverLeft();

  const createdAt = cursorSecret.createdAt.toISOString();
  const services = localServices({
    stack: {
      stackName,
      account: LOCAL_ACCOUNT,
      region,
      createdAt,
      apiUrl,
      chatEndpoint: chatUrl,
      recordingsUrl,
      recordingConfigurationArn: attachments.recordingConfigurationArn,
      deadLetters: deadLetters.urls(awsUrl),
      names,
    },
    secrets: [cursorSecret, tokenSecret],
    dynamodbEndpoint,
    ivs,
    deadLetters,
    receive,
    accept,
    kept,
  });
  awsPort.serve(
    awsEndpoint(services, {
      answered: (request, status) => {
        // Events have lines of their own.
        if (request.url.pathname !== '/_local/events' || status !== 200) log(awsRequestLine(request, status));
      },
      failed: (request, error) => logger.error(`the AWS endpoint failed at ${request}`, { error }),
    }),
    chat.server.upgrade,
  );
  apiPort.serve(nodeListener(withReference(handlers.api.fetch)));
  apiPort.prepare(answerRefusals);
  const schedules = startSchedules(handlers, logger);

  return {
    stackName,
    apiUrl,
    awsUrl,
    chatUrl,
    names,
    ivs,
    deadLetters: deadLetters.events,
    putCategories: handlers.putCategories,
    reconcile: schedules.reconcile,
    finishPending: schedules.finishPending,
    sweepResources: schedules.sweepResources,
    stop: async () => {
      await schedules.stop();
      await chat.server.close();
      await Promise.all([apiPort.close(), awsPort.close()]);
      ivs.settle();
      await bus.idle();
      await chat.log.flush();
      await kept.saved();
      services.dynamo.close();
      handlers.close();
      await tables.close();
    },
  };
}

/** What a secret is when there is none that was kept. */
function newSecret(name: string, region: string): LocalSecret {
  const arn = `arn:aws:secretsmanager:${region}:${LOCAL_ACCOUNT}:secret:${name}`;
  return { name, arn, value: randomBytes(32).toString('hex'), createdAt: new Date() };
}
