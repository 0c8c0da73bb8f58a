import { type IvsClients, ivsClients } from '../../ivs/userResources.ts';
import { createTables } from '../../local/dynamo/createTables.ts';
import { startEngine } from '../../local/dynamo/engine.ts';
import { unlimited } from '../../local/ivs/quotas.ts';
import { type IvsSimulator, ivsSimulator } from '../../local/ivs/simulator.ts';
import { LOCAL_REGION } from '../../model/localEndpoint.ts';
import { type Database, documentClient } from '../../store/database.ts';
import { serveIvs } from '../support/ivsServer.ts';
import { exposeToTrouble } from './lives.ts';

/** What every history runs against: the DynamoDB engine and the IVS simulator, with clients that meet trouble. */
export interface World {
  readonly database: Database;
  readonly databaseEndpoint: string;
  readonly ivs: IvsSimulator;
  readonly ivsEndpoint: string;
  readonly ivsClients: IvsClients;
  stop(): Promise<void>;
}

/** Credentials and a Region no account has: neither is checked. */
export const settings = {
  region: LOCAL_REGION,
  credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
} as const;

// Few, so that a fault that lasts gets through to the code which has to bear it.
const MAX_ATTEMPTS = 2;

export async function startWorld(): Promise<World> {
  process.env['AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED'] = 'true';
  const engine = await startEngine();
  // Without the quotas of IVS: histories run much faster than users sign up.
  const limits = { channels: 1e6, rooms: 1e6, stages: 1e6 };
  const ivs = ivsSimulator({ emit: () => {}, quota: unlimited, stopDelayMs: 1, limits });
  const simulated = await serveIvs(ivs);
  const client = documentClient({ ...settings, endpoint: engine.endpoint, maxAttempts: MAX_ATTEMPTS });
  const clients = ivsClients({ ...settings, endpoint: simulated.endpoint });
  const names = await createTables(client, name => `faults-${name}`);
  exposeToTrouble([client, ...Object.values(clients)]);
  return {
    database: { client, names },
    databaseEndpoint: engine.endpoint,
    ivs,
    ivsEndpoint: simulated.endpoint,
    ivsClients: clients,
    stop: async () => {
      for (const one of [client, ...Object.values(clients)]) one.destroy();
      await Promise.all([simulated.stop(), engine.stop()]);
    },
  };
}
