import { randomId } from './ivs/ids.ts';

export interface WhereItIs {
  readonly apiUrl: string;
  readonly awsUrl: string;
  readonly chatUrl: string;
  readonly region: string;
}

/** Where the local stack is, and three things to paste into another terminal. */
export function nextSteps({ apiUrl, awsUrl, chatUrl, region }: WhereItIs): string {
  // A name of its own each time: the one of the last time is taken when the data is in a file.
  const username = `alice-${randomId(4)}`;
  const account = JSON.stringify({ username, password: 'correct horse battery' });
  return `
  HTTP API      ${apiUrl}/v1  (${apiUrl}/v1/openapi.json)
  API reference ${apiUrl}/docs
  AWS endpoint  ${awsUrl}
  Chat          ${chatUrl}  (amazon-ivs-chat-messaging: regionOrUrl)

Three things to try in another terminal:

  1. Sign up: an account, with a channel, a chat room and a stage at IVS
       curl ${apiUrl}/v1/users -H 'content-type: application/json' -d '${account}'

  2. Go live: a broadcast of an hour, in ten seconds, with viewers who chat
       make broadcast CHANNEL=${username} AWS_PORT=${new URL(awsUrl).port}

  3. Meanwhile, see it: the channel's page, everybody who is live, and what IVS says
       curl ${apiUrl}/v1/channels/${username}
       curl '${apiUrl}/v1/channels?isLive=true&limit=100'
       AWS_ACCESS_KEY_ID=local AWS_SECRET_ACCESS_KEY=local AWS_DEFAULT_REGION=${region} \\
         aws ivs list-streams --endpoint-url ${awsUrl}

Ctrl-C ends everything.
`;
}
