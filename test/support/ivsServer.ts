import { createServer } from 'node:http';
import { awsEndpoint } from '../../local/awsEndpoint/awsEndpoint.ts';
import { cloudWatch, getMetricDataTarget } from '../../local/awsEndpoint/cloudWatch.ts';
import { json } from '../../local/awsEndpoint/http.ts';
import { ivsChatService, ivsService } from '../../local/awsEndpoint/ivs.ts';
import { freePort, LOOPBACK } from '../../local/dynamo/engine.ts';
import type { IvsSimulator } from '../../local/ivs/simulator.ts';

/**
 * Serves a simulator over HTTP on a free port of loopback, and no other AWS service. Awaits `saved` before
 * each answer.
 */
export async function serveIvs(
  simulator: IvsSimulator,
  saved = async () => {},
): Promise<{ readonly endpoint: string; stop(): Promise<void> }> {
  const none = () => {
    throw new Error('this server only serves IVS and its metrics');
  };
  const services = {
    dynamo: { forward: none, close: none },
    targets: { [getMetricDataTarget]: cloudWatch(channelId => simulator.streamed(channelId)) },
    actions: {},
    rest: { ivs: ivsService(simulator), ivschat: ivsChatService(simulator) },
    control: () => json(404, {}),
    saved,
  };
  const onFailure = (request: string, error: unknown) => console.error(request, error);
  const server = createServer(awsEndpoint(services, { onAnswer: () => {}, onFailure }));
  // By default, a connection that is idle for five seconds may be closed just as the next call is sent.
  server.keepAliveTimeout = 0;
  const port = await freePort();
  await new Promise<void>(resolve => server.listen(port, LOOPBACK, resolve));
  return {
    endpoint: `http://${LOOPBACK}:${port}`,
    stop: async () => {
      simulator.finishStops();
      server.closeAllConnections();
      await new Promise(resolve => server.close(resolve));
    },
  };
}
