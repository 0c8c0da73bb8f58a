import { randomUUID } from 'node:crypto';
import { IvsClient } from '@aws-sdk/client-ivs';
import { rankChannels } from '../domain/ranking.ts';
import { type Budget, budgetOf } from '../ivs/budget.ts';
import { chatControl } from '../ivs/chatControl.ts';
import { stageControl } from '../ivs/stageControl.ts';
import { ivsClients, userResources } from '../ivs/userResources.ts';
import { announcer } from '../lambdas/announce/announcer.ts';
import { roomReceiver } from '../lambdas/announce/roomReceiver.ts';
import { apiDependenciesFrom, createApi } from '../lambdas/api/api.ts';
import { chatArchiver } from '../lambdas/chatArchive/archive.ts';
import { messageReviewer } from '../lambdas/chatReview/review.ts';
import { finishPending } from '../lambdas/maintenance/pending.ts';
import { sweepResources } from '../lambdas/maintenance/sweep.ts';
import { catalogue } from '../model/categories.ts';
import { reviewFallbackFrom, STACK_NAME_VARIABLE } from '../model/functionEnvironment.ts';
import { encoderSchedule, pendingSchedule, reconcileSchedule, sweepSchedule } from '../model/functions.ts';
import { tableNames } from '../model/tables.ts';
import { toTimestamp } from '../model/time.ts';
import { requiredVariable } from '../model/variables.ts';
import { putCatalogue } from '../store/categoryCatalogue.ts';
import { documentClient, functionRequests, tableNamesFrom } from '../store/database.ts';
import { roomRulesReader } from '../store/roomRules.ts';
import { eventHandler } from '../streamEventsApi/handleEvent.ts';
import { ivsSessions } from '../streamEventsApi/ivsSessions.ts';
import { readNewEncoders } from '../streamEventsApi/readEncoders.ts';
import { reconciler } from '../streamEventsApi/reconcile.ts';
import type { LineLogger } from './log.ts';

export type Handlers = ReturnType<typeof handlersFrom>;

/**
 * Creates the handlers of the stack's functions with the same factories and variables as in Lambda.
 * @throws Error that names the first missing variable
 */
export function handlersFrom(environment: NodeJS.ProcessEnv, log: LineLogger) {
  const api = apiDependenciesFrom(environment, log);
  const database = { client: documentClient(), names: tableNamesFrom(environment, tableNames) };
  const clock = () => new Date();
  const ivs = new IvsClient({});
  const clients = ivsClients();
  const resources = userResources(clients, {
    stackName: requiredVariable(environment, STACK_NAME_VARIABLE),
    clock,
  });
  const eventDatabase = { client: documentClient(functionRequests), names: database.names };
  // Local mode has no metrics, so `count` does nothing.
  const ports = { database: eventDatabase, clock, log, count: () => {} };
  const reconcile = reconciler({ ...ports, ivs: ivsSessions(ivs), graceMs: reconcileSchedule.graceMs });
  const accounts = {
    database,
    resources,
    bucket: api.bucket,
    ivs: resources,
    stages: stageControl(clients.realTime),
    clock,
    partner: api.partner,
    newId: () => randomUUID(),
    log,
  };

  return {
    api: createApi(api),
    handleEvent: eventHandler(ports),
    /** Called by IVS Chat with each message. */
    moderateChat: messageReviewer({
      fallback: reviewFallbackFrom(environment),
      rules: roomRulesReader(environment, {
        fallback: reviewFallbackFrom(environment),
        onFailure: error => log.error('the rules of a chat room could not be read', { error }),
      }),
      clock,
    }),
    /** Called by CloudWatch Logs with the chat log of the rooms. */
    archiveChat: chatArchiver({ database, clock, log }),
    /** Called by Lambda with the changes of channels and stages. */
    announce: announcer({
      tables: database.names,
      receivers: [roomReceiver({ database: eventDatabase, chat: chatControl(clients.chat), log })],
      log,
    }),
    reconcile: () => reconcile(),
    readEncoders: () => readNewEncoders({ ...ports, ivs: ivsSessions(ivs) }, encoderSchedule.calls),
    rankChannels: () => rankChannels({ database, clock, newId: () => randomUUID() }),
    finishPending: (isStopping: () => boolean) =>
      finishPending(accounts, budgetUntilStop(isStopping, pendingSchedule.budgetMs)),
    sweepResources: (isStopping: () => boolean) =>
      sweepResources(accounts, budgetUntilStop(isStopping, sweepSchedule.budgetMs)),
    putCategories: () => putCatalogue(database, catalogue, toTimestamp(clock())),
    close: () => {
      const { chat, realTime } = clients;
      const tables = [api.database.client, database.client, eventDatabase.client];
      for (const client of [...tables, ivs, clients.ivs, chat, realTime]) {
        client.destroy();
      }
    },
  };
}

/** A time budget of `ms` milliseconds, which ends immediately when the stack stops. */
function budgetUntilStop(isStopping: () => boolean, ms: number): Budget {
  const budget = budgetOf(ms);
  return { left: () => (isStopping() ? 0 : budget.left()), wait: budget.wait };
}
