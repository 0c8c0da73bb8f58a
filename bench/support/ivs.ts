import { createServer } from 'node:http';
import { type IvsClients, ivsClients } from '../../ivs/userResources.ts';
import { awsEndpoint } from '../../local/awsEndpoint/awsEndpoint.ts';
import { json } from '../../local/awsEndpoint/exchange.ts';
import { ivsChatService, ivsService } from '../../local/awsEndpoint/ivs.ts';
import { LOOPBACK } from '../../local/dynamo/engine.ts';
import { type IvsSimulator, ivsSimulator } from '../../local/ivs/simulator.ts';

/** Runs `measure` beside an IVS simulator that keeps IVS's own quotas. */
export async function withIvs(
  measure: (clients: IvsClients, simulator: IvsSimulator) => Promise<void>,
): Promise<void> {
  const simulator = ivsSimulator({ emit: () => {} });
  const none = () => {
    throw new Error('only IVS is here');
  };
  const services = {
    dynamo: { forward: none, close: none },
    targets: {},
    actions: {},
    rest: { ivs: ivsService(simulator), ivschat: ivsChatService(simulator) },
    control: () => json(404, {}),
    saved: async () => {},
  };
  const failed = (request: string, error: unknown) => console.error(request, error);
  const server = createServer(awsEndpoint(services, { answered: () => {}, failed }));
  await new Promise<void>(resolve => server.listen(0, LOOPBACK, resolve));
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  const clients = ivsClients({
    endpoint: `http://${LOOPBACK}:${port}`,
    region: 'us-west-2',
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
  });
  try {
    await measure(clients, simulator);
  } finally {
    for (const client of Object.values(clients)) client.destroy();
    server.closeAllConnections();
    await new Promise(resolve => server.close(resolve));
  }
}
