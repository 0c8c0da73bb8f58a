import { type IvsClients, ivsClients } from '../../ivs/userResources.ts';
import { type IvsSimulator, ivsSimulator } from '../../local/ivs/simulator.ts';
import { serveIvs } from '../../test/support/ivsServer.ts';

/** Runs `measure` with an IVS simulator that has the quotas of IVS. */
export async function withIvs(
  measure: (clients: IvsClients, simulator: IvsSimulator) => Promise<void>,
): Promise<void> {
  const simulator = ivsSimulator({ emit: () => {} });
  const { endpoint, stop } = await serveIvs(simulator);
  const clients = ivsClients({
    endpoint,
    region: 'us-west-2',
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
  });
  try {
    await measure(clients, simulator);
  } finally {
    for (const client of Object.values(clients)) client.destroy();
    await stop();
  }
}
