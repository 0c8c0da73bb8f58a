import { demoAccounts } from './demo.ts';
import { randomId } from './ivs/ids.ts';

export interface WhereItIs {
  readonly apiUrl: string;
  readonly awsUrl: string;
  readonly chatUrl: string;
  readonly region: string;
  /** Whether the demo accounts exist. */
  readonly hasDemo: boolean;
}

const { creator, viewer } = demoAccounts;
const demoLines = `
  Sign in as    ${creator.username} with the password "${creator.password}": has a channel with past streams
                ${viewer.username} with the password "${viewer.password}": follows some channels, and moderates the creator's
`;

/** Returns the URLs of the local stack and three commands to try in another terminal. */
export function nextSteps({ apiUrl, awsUrl, chatUrl, region, hasDemo }: WhereItIs): string {
  // A random name, because the name of the previous run is taken when the data is in a file.
  const username = `alice-${randomId(4)}`;
  const account = JSON.stringify({ username, password: 'correct horse battery' });
  return `
  Web app       ${apiUrl}/
  HTTP API      ${apiUrl}/v1  (${apiUrl}/v1/openapi.json)
  API reference ${apiUrl}/docs
  AWS endpoint  ${awsUrl}
  Mailbox       ${awsUrl}/_local/mailbox
  Chat          ${chatUrl}  (amazon-ivs-chat-messaging: regionOrUrl)
${hasDemo ? demoLines : ''}
Three things to try in another terminal:

  1. Sign up: create a user with a channel, a chat room and a stage at IVS
       curl ${apiUrl}/v1/users -H 'content-type: application/json' -d '${account}'

  2. Go live: play a broadcast of one hour in ten seconds, with viewers who chat
       make broadcast CHANNEL=${username} AWS_PORT=${new URL(awsUrl).port}

  3. While it is live: read the channel, all live channels, and the live streams at IVS
       curl ${apiUrl}/v1/channels/${username}
       curl '${apiUrl}/v1/channels?isLive=true&limit=100'
       AWS_ACCESS_KEY_ID=local AWS_SECRET_ACCESS_KEY=local AWS_DEFAULT_REGION=${region} \\
         aws ivs list-streams --endpoint-url ${awsUrl}

Ctrl-C ends everything.
`;
}
