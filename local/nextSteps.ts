import { randomUUID } from 'node:crypto';
import { findByUsername, listLive } from '../store/channels.ts';
import { documentClient } from '../store/database.ts';
import type { AssembledStack } from './assemble.ts';

/** Where the local stack is, and three things to paste into another terminal: `process.env` must be the stack's. */
export async function nextSteps(stack: AssembledStack): Promise<string> {
  const { apiUrl, awsUrl } = stack;
  const { newest: channel, oldest } = await liveChannels(stack);
  const event = JSON.stringify({
    id: randomUUID(),
    'detail-type': 'IVS Stream State Change',
    source: 'aws.ivs',
    time: new Date().toISOString(),
    resources: [channel?.arn ?? '<ARN of a channel>'],
    detail: { event_name: 'Session Ended', stream_id: channel?.openStreamId ?? '<id of its stream>' },
  });
  const username = channel?.username ?? '<username>';
  const port = new URL(awsUrl).port;
  return `
  HTTP API      ${apiUrl}/v1  (${apiUrl}/v1/openapi.json)
  AWS endpoint  ${awsUrl}

Three things to try in another terminal:

  1. Who is live
       curl '${apiUrl}/v1/channels?isLive=true&limit=3'

  2. A stream that ends: the event IVS would send, and the channel after it
       curl ${awsUrl}/_local/events -d '${event}'
       curl ${apiUrl}/v1/channels/${username}

  3. A whole broadcast, up to an hour in ten seconds, and what IVS says is live meanwhile
       make broadcast CHANNEL=${oldest?.username ?? '<username>'} AWS_PORT=${port}
       AWS_ACCESS_KEY_ID=local AWS_SECRET_ACCESS_KEY=local \\
         aws ivs list-streams --region ${process.env['AWS_REGION']} --endpoint-url ${awsUrl}

Ctrl-C ends everything.
`;
}

/** The channel that went live last, to be ended, and one that has been live for long: a broadcast fits in after. */
async function liveChannels({ names }: AssembledStack) {
  const database = { client: documentClient(), names };
  try {
    const { items } = await listLive(database, undefined, { limit: 50 });
    const newest = items[0] === undefined ? undefined : await findByUsername(database, items[0].username);
    return { newest, oldest: items.at(-1) };
  } finally {
    database.client.destroy();
  }
}
