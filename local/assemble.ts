import { randomBytes } from 'node:crypto';
import { DynamoDBStreamsClient } from '@aws-sdk/client-dynamodb-streams';
import type { RankingReport } from '../domain/ranking.ts';
import { answerRefusals, nodeListener } from '../lambdas/api/http/nodeServer.ts';
import type { PendingReport } from '../lambdas/maintenance/pending.ts';
import type { SweepReport } from '../lambdas/maintenance/sweep.ts';
import { LOCAL_ACCOUNT, localPlaybackUrl } from '../model/localEndpoint.ts';
import type { TableName } from '../model/tables.ts';
import { documentClient } from '../store/database.ts';
import type { ReconcileReport } from '../streamEventsApi/reconcile.ts';
import { withReference } from './apiReference/apiReference.ts';
import { localAttachments } from './attachments.ts';
import { awsEndpoint } from './awsEndpoint/awsEndpoint.ts';
import { mailbox } from './awsEndpoint/mailbox.ts';
import { objectStore } from './awsEndpoint/objectStore.ts';
import type { LocalSecret } from './awsEndpoint/secretsManager.ts';
import { localServices } from './awsEndpoint/services.ts';
import { type LocalChat, localChat } from './chat/localChat.ts';
import { localDeadLetters } from './deadLetters.ts';
import type { OpenTables } from './dynamo/openTables.ts';
import { type DeadLetter, eventBus } from './eventBus/eventBus.ts';
import { ivsRule } from './eventBus/pattern.ts';
import { setFunctionEnvironment } from './functionEnvironment.ts';
import { handlersFrom } from './handlers.ts';
import { type Quota, tokenBuckets } from './ivs/quotas.ts';
import { type IvsSimulator, ivsSimulator } from './ivs/simulator.ts';
import type { OpenPort } from './listen.ts';
import {
  awsRequestLine,
  deadChangesLine,
  deadChatLine,
  deadLetterLine,
  lineLogger,
  type WriteLine,
} from './log.ts';
import { playable } from './playback/playable.ts';
import { RECORDINGS_PATH, withPlayback } from './playback/playback.ts';
import { eventReceiver } from './receiveEvent.ts';
import { startSchedules } from './schedules.ts';
import type { LocalSettings } from './settings.ts';
import { tableStreams } from './tableStreams.ts';
import { testBroadcasts, withTestBroadcasts } from './testBroadcasts.ts';
import { withWebApp } from './webApp.ts';

export interface LocalOptions extends Omit<LocalSettings, 'isSimulated'> {
  readonly log: WriteLine;
  /** Replaces the default quotas of IVS. */
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
  /** Sends a message of a simulated viewer to a chat room. */
  readonly sayInChat: LocalChat['say'];
  readonly deadLetters: () => readonly DeadLetter[];
  /** Writes the shared categories, as a deployment does. */
  readonly putCategories: () => Promise<void>;
  // Run a scheduled task immediately.
  readonly reconcile: () => Promise<ReconcileReport>;
  readonly rankChannels: () => Promise<RankingReport>;
  readonly finishPending: () => Promise<PendingReport>;
  readonly sweepResources: () => Promise<SweepReport>;
  /** Finishes the requests and events in progress and stops everything that was started. */
  stop(): Promise<void>;
}

/** The name of the bucket of users' images. */
const IMAGES_BUCKET = 'images';

/** Connects the parts of the local stack, and serves the HTTP API and the AWS endpoint on the two ports. */
export function assemble(
  options: LocalOptions,
  [apiPort, awsPort]: readonly [OpenPort, OpenPort],
  tables: OpenTables,
): AssembledStack {
  const { stackName, region, log } = options;
  const { endpoint: dynamodbEndpoint, names, stateStore } = tables;
  const apiUrl = `http://localhost:${apiPort.port}`;
  const awsUrl = `http://localhost:${awsPort.port}`;
  const chatUrl = `ws://localhost:${awsPort.port}`;
  const recordingsUrl = `${apiUrl}${RECORDINGS_PATH}`;
  const objects = objectStore(stateStore);
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
    imagesBucket: IMAGES_BUCKET,
    chatEndpoint: chatUrl,
    attachments,
    names,
  });
  const logger = lineLogger(log);
  const handlers = handlersFrom(process.env, logger);

  const deadLetters = localDeadLetters(stateStore);
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
    playbackUrl: arn => localPlaybackUrl(apiUrl, arn.slice(arn.lastIndexOf('/') + 1)),
    quota: options.ivsQuota ?? tokenBuckets(() => performance.now()),
    stateStore,
  });
  const { receive, accept, deliverPending } = eventReceiver({ ivs, bus, log, stateStore });
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
    onFailure: (message, error) => logger.error(message, { error }),
    stateStore,
  });
  deliverPending();

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
    mailbox: mailbox(stateStore, () => new Date()),
    receive,
    accept,
    stateStore,
    images: {
      bucket: IMAGES_BUCKET,
      objects,
      secretAccessKey: process.env['AWS_SECRET_ACCESS_KEY'] ?? '',
      clock: () => new Date(),
    },
  });
  awsPort.serve(
    awsEndpoint(services, {
      onAnswer: (request, status) => {
        // `eventReceiver` logs the events.
        if (request.url.pathname !== '/_local/events' || status !== 200) log(awsRequestLine(request, status));
      },
      onFailure: (request, error) => logger.error(`the AWS endpoint failed at ${request}`, { error }),
    }),
    chat.server.upgrade,
  );
  const database = { client: documentClient(), names };
  const played = playable({
    database,
    isStreamed: id => ivs.isLive(`arn:aws:ivs:${region}:${LOCAL_ACCOUNT}:channel/${id}`),
    findImage: path => objects.get(path),
    clock: () => new Date(),
  });
  // Forms for images name the AWS endpoint as the clients of AWS do.
  const uploadsUrl = new URL(process.env['AWS_ENDPOINT_URL'] ?? awsUrl).origin;
  const web = { connect: [chatUrl, apiUrl, uploadsUrl], media: [new URL(recordingsUrl).origin] };
  const broadcasts = testBroadcasts(stackName, message => log(`a test broadcast failed: ${message}`));
  const app = withTestBroadcasts(broadcasts, database, withWebApp(withReference(handlers.api.fetch), web));
  apiPort.serve(nodeListener(withPlayback(played, app)));
  apiPort.prepare(answerRefusals);
  const schedules = startSchedules(handlers, logger);
  if (tables.streams.size === 0)
    log(`the DynamoDB engine ${dynamodbEndpoint} has no streams: changes are not announced to chat rooms`);
  const streamsClient = new DynamoDBStreamsClient({ endpoint: dynamodbEndpoint });
  const streams = tableStreams({
    client: streamsClient,
    streams: tables.streams,
    handler: handlers.announce,
    onDeadLetter: changes => {
      deadLetters.keepChanges(changes);
      log(deadChangesLine(changes));
    },
    onFailure: error => logger.error('the changes of a table could not be read', { error }),
    stateStore,
  });

  return {
    stackName,
    apiUrl,
    awsUrl,
    chatUrl,
    names,
    ivs,
    sayInChat: chat.say,
    deadLetters: deadLetters.events,
    putCategories: handlers.putCategories,
    reconcile: schedules.reconcile,
    rankChannels: schedules.rankChannels,
    finishPending: schedules.finishPending,
    sweepResources: schedules.sweepResources,
    stop: async () => {
      broadcasts.stop();
      await schedules.stop();
      await streams.stop();
      streamsClient.destroy();
      await chat.server.close();
      await Promise.all([apiPort.close(), awsPort.close()]);
      ivs.finishStops();
      await bus.idle();
      await chat.log.flush();
      await stateStore.saved();
      services.dynamo.close();
      handlers.close();
      database.client.destroy();
      await tables.close();
    },
  };
}

/** The initial value of a secret, used when the database has none. */
function newSecret(name: string, region: string): LocalSecret {
  const arn = `arn:aws:secretsmanager:${region}:${LOCAL_ACCOUNT}:secret:${name}`;
  return { name, arn, value: randomBytes(32).toString('hex'), createdAt: new Date() };
}
