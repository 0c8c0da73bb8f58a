import { type IvsClients, ivsClients } from '../../ivs/userResources.ts';
import { createTables } from '../../local/dynamo/createTables.ts';
import { startEngine } from '../../local/dynamo/engine.ts';
import { unlimited } from '../../local/ivs/quotas.ts';
import { type IvsSimulator, ivsSimulator } from '../../local/ivs/simulator.ts';
import { LOCAL_REGION } from '../../model/localEndpoint.ts';
import { type Database, documentClient } from '../../store/database.ts';
import { serveIvs } from '../support/ivsServer.ts';
import { exposeToTrouble } from './lives.ts';

/** The DynamoDB engine and the IVS simulator of the histories, with clients whose requests meet faults. */
export interface World {
  readonly database: Database;
  readonly databaseEndpoint: string;
  readonly ivs: IvsSimulator;
  readonly ivsEndpoint: string;
  readonly ivsClients: IvsClients;
  stop(): Promise<void>;
}

/** Fake credentials and a Region. Neither is checked. */
export const settings = {
  region: LOCAL_REGION,
  credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
} as const;

// Few attempts, so that a repeated fault reaches the code that must handle it.
const MAX_ATTEMPTS = 2;

export async function startWorld(): Promise<World> {
  process.env['AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED'] = 'true';
  const engine = await startEngine();
  // Without IVS quotas, because histories sign up many more users than an account may have.
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
