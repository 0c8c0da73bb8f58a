import { createServer } from 'node:http';
import { text } from 'node:stream/consumers';
import { describeStacks, type LocalStackDescription } from '../../local/awsEndpoint/cloudFormation.ts';
import { LOOPBACK } from '../../local/dynamo/engine.ts';
import { testAttachments } from './attachments.ts';

/** A CloudFormation endpoint on loopback that has one stack. */
export async function startStackResponder(
  stack: Pick<LocalStackDescription, 'stackName' | 'names'>,
): Promise<{ readonly endpoint: string; stop(): Promise<void> }> {
  const description = {
    account: '000000000000',
    region: 'us-west-2',
    createdAt: '2026-01-01T00:00:00.000Z',
    apiUrl: 'http://localhost:3000',
    chatEndpoint: 'ws://localhost:4566',
    recordingsUrl: 'http://localhost:4566/recordings',
    recordingConfigurationArn: testAttachments.recordingConfigurationArn,
    deadLetters: {
      events: 'http://localhost:4566/0/events',
      chat: 'http://localhost:4566/0/chat',
      announcements: 'http://localhost:4566/0/announcements',
    },
    ...stack,
  };
  const server = createServer(async (request, response) => {
    const reply = describeStacks(description, new URLSearchParams(await text(request)));
    if (reply === 'cutOff') return void response.destroy();
    response.writeHead(reply.status, reply.headers).end(reply.body);
  });
  await new Promise<void>(resolve => server.listen(0, LOOPBACK, resolve));
  const address = server.address();
  if (typeof address !== 'object' || address === null) throw new Error('the server has no port');
  return {
    endpoint: `http://${LOOPBACK}:${address.port}`,
    stop: () => {
      server.closeAllConnections();
      return new Promise(resolve => server.close(() => resolve()));
    },
  };
}
