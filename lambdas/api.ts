import type { CursorCodec } from '../domain/cursors.ts';
import type { Database } from '../store/database.ts';
import { categoriesApp } from './categories/app.ts';
import { channelsApp } from './channels/app.ts';
import { httpApp, type Transport } from './http/app.ts';
import type { HttpApp } from './http/context.ts';
import { databaseFrom } from './http/database.ts';
import { allowedOriginsFrom, type Environment } from './http/environment.ts';
import type { Logger } from './http/logger.ts';
import { cursorsFrom } from './http/secrets.ts';
import { streamsApp } from './streams/app.ts';
import { systemApp } from './system/app.ts';

export interface ApiDependencies extends Transport {
  readonly database: Database<'channels' | 'streams' | 'categories'>;
  readonly cursors: CursorCodec;
}

/** The whole HTTP API in one app, for the local server, the container and tests. */
export function createApi({ database, cursors, ...transport }: ApiDependencies): HttpApp {
  return httpApp(transport, [
    channelsApp({ database, cursors }),
    streamsApp({ database, cursors }),
    categoriesApp({ database, cursors }),
    systemApp(),
  ]);
}

/**
 * What the API needs, from the same environment variables that the Lambdas get.
 * @throws Error that names the first variable that is missing or not valid.
 */
export function apiDependenciesFrom(environment: Environment, logger: Logger): ApiDependencies {
  return {
    database: databaseFrom(environment, ['channels', 'streams', 'categories']),
    cursors: cursorsFrom(environment),
    allowedOrigins: allowedOriginsFrom(environment),
    logger,
  };
}
