import { IvsClient } from '@aws-sdk/client-ivs';
import { apiDependenciesFrom, createApi } from '../lambdas/api.ts';
import { reconcileSchedule } from '../model/functions.ts';
import { documentClient, tableNamesFrom } from '../store/database.ts';
import { eventHandler } from '../streamEventsApi/handleEvent.ts';
import { ivsSessions } from '../streamEventsApi/ivsSessions.ts';
import { reconciler } from '../streamEventsApi/reconcile.ts';
import type { LineLogger } from './log.ts';

/**
 * What the stack's functions are made of, made from the same environment variables by the same factories.
 * @throws Error that names the first variable that is missing.
 */
export function handlersFrom(environment: NodeJS.ProcessEnv, log: LineLogger) {
  const api = apiDependenciesFrom(environment, log);
  const database = {
    client: documentClient(),
    names: tableNamesFrom(environment, [
      'channels',
      'streams',
      'streamEvents',
      'stages',
      'stageParticipants',
    ]),
  };
  const clock = () => new Date();
  const ivs = new IvsClient({});
  // There are no graphs here.
  const ports = { database, clock, log, count: () => {} };
  return {
    api: createApi(api),
    handleEvent: eventHandler(ports),
    reconcile: reconciler({ ...ports, ivs: ivsSessions(ivs), graceMs: reconcileSchedule.graceMs }),
    close: () => {
      for (const client of [api.database.client, database.client, ivs]) client.destroy();
    },
  };
}
