import { randomBytes, randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect } from '@jest/globals';
import { type ApiClient, apiClient } from '../../client/client.ts';
import { type TokenIssuer, tokenIssuer } from '../../domain/accounts/tokens.ts';
import { cursorCodec } from '../../domain/cursors.ts';
import { shownSince } from '../../domain/recordings.ts';
import { viewerTokens } from '../../domain/viewers/viewerTokens.ts';
import { chatControl } from '../../ivs/chatControl.ts';
import { ingestMetrics } from '../../ivs/ingestMetrics.ts';
import { stageControl } from '../../ivs/stageControl.ts';
import { ivsClients, userResources } from '../../ivs/userResources.ts';
import { type ApiDependencies, createApi } from '../../lambdas/api/api.ts';
import type { HttpApp } from '../../lambdas/api/http/context.ts';
import { openApiDocument } from '../../lambdas/api/openApi.ts';
import { unlimited } from '../../local/ivs/quotas.ts';
import { defaultLimits } from '../../model/rateLimit.ts';
import type { Database } from '../../store/database.ts';
import { imageBucket } from '../../store/imageBucket.ts';
import { eventHandler } from '../../streamEventsApi/handleEvent.ts';
import { type LogLine, type RecordingLogger, recordingLogger } from '../api/logs.ts';
import { answerFaults, type GivenAnswer, readOpenApi } from '../api/openApi.ts';
import { startIvs, type TestIvs } from '../unit/localIvsEndpoint.ts';
import { cheapScrypt } from './accounts.ts';
import { testAttachments } from './attachments.ts';
import { localCredentials, startDatabase, type TestDatabase } from './database.ts';
import { startImages, type TestImages } from './images.ts';
import { type Envelope, stateEvent } from './ivsEvents.ts';
import { leaks, parseJson } from './leaks.ts';
import { startMailbox, type TestMailbox, waitForMail } from './mailbox.ts';

/** The stack name in the tags of IVS resources that tests make. */
const TEST_STACK = 'UGC-test';

/** A clock that stands still until a test moves it. */
export interface TestClock {
  now(): Date;
  advance(ms: number): void;
}

/** A user who signed up through the API. */
export interface Member {
  readonly username: string;
  readonly password: string;
  readonly userId: string;
  readonly channelId: string;
  readonly accessToken: string;
  readonly refreshToken: string;
  /** A client that calls the API as this user. */
  readonly api: ApiClient;
}

export interface TestApi {
  readonly app: HttpApp;
  readonly database: TestDatabase;
  readonly ivs: TestIvs;
  readonly images: TestImages;
  readonly mailbox: TestMailbox;
  readonly tokens: TokenIssuer;
  readonly clock: TestClock;
  /** Every log line so far. */
  readonly logs: readonly LogLine[];
  /** Every request body so far. */
  readonly requests: readonly unknown[];
  /** Every answer so far. */
  readonly answers: readonly GivenAnswer[];
  /**
   * Sends a request from `address`. Without one, from the address of a new network, which has limits of its
   * own.
   */
  request(path: string, init?: RequestInit, address?: string): Promise<Response>;
  /** A client that calls the API as a guest, or as the user of `token`. */
  client(accessToken?: string): ApiClient;
  /** @throws Error unless the answer is a 201. */
  signUp(username?: string): Promise<Member>;
  /** Starts a broadcast on a member's channel, at IVS and in the tables. Returns the stream id. */
  goLive(member: Pick<Member, 'channelId'>): Promise<string>;
  /** Delivers an event of IVS. */
  tell(event: Envelope): Promise<unknown>;
  stop(): Promise<void>;
}

export const API_URL = 'https://api.example';

const localAccess = {
  region: async () => localCredentials.region,
  credentials: async () => localCredentials.credentials,
};

/**
 * The dependencies of the API over `database`: real clients without an IVS to talk to, a clock that stands
 * still, and cheap password hashes.
 */
export function apiDependencies(
  database: Database,
  overrides: Partial<ApiDependencies> = {},
): ApiDependencies & { readonly logger: RecordingLogger } {
  const { now: clock } = testClock();
  const key = { id: 'key-1', secret: randomBytes(32) };
  const keys = { current: async () => key, withId: async (id: string) => (id === key.id ? key : undefined) };
  const nowhere = ivsClients({ ...localCredentials, endpoint: 'http://127.0.0.1:1' });
  return {
    database,
    cursors: cursorCodec(async () => 'a secret of the tests, long enough'),
    tokens: tokenIssuer({ keys, clock: overrides.clock ?? clock }),
    viewerTokens: viewerTokens(async () => 'a secret of the tests, long enough'),
    resources: userResources(nowhere, { stackName: TEST_STACK, clock }, testAttachments),
    chat: chatControl(nowhere.chat),
    stages: stageControl(nowhere.realTime),
    chatEndpoint: 'wss://chat.example',
    recordingsUrl: 'https://recordings.example',
    shownSince: () => shownSince((overrides.clock ?? clock)(), 30),
    bucket: imageBucket(
      { AWS_REGION: 'us-west-2', IMAGES_BUCKET: 'none', AWS_ENDPOINT_URL_S3: 'http://127.0.0.1:1' },
      async () => ({ accessKeyId: 'test', secretAccessKey: 'test' }),
    ),
    mailer: undefined,
    partner: { followers: 3, followerAgeDays: 0 },
    limits: defaultLimits,
    ingest: ingestMetrics(localAccess, { AWS_ENDPOINT_URL: 'http://127.0.0.1:1' }),
    clock,
    random: randomBytes,
    scrypt: cheapScrypt,
    allowedOrigins: '*',
    ...overrides,
    logger: recordingLogger(),
  };
}

/**
 * The whole API in this process, with the DynamoDB engine and the IVS simulator over HTTP, without quotas and
 * mocks.
 */
export async function startApi(overrides: Partial<ApiDependencies> = {}): Promise<TestApi> {
  const clock = testClock();
  const [database, ivs, images, mailbox] = await Promise.all([
    startDatabase(),
    startIvs({ quota: unlimited, stopDelayMs: 20 }),
    startImages(clock.now),
    startMailbox(clock.now),
  ]);
  const { client: ivsClient, chat, realTime } = ivs;
  const tagging = { stackName: TEST_STACK, clock: clock.now };
  const resources = userResources({ ivs: ivsClient, chat, realTime }, tagging, testAttachments);
  const dependencies = apiDependencies(database, {
    clock: clock.now,
    resources,
    bucket: images.bucket,
    mailer: mailbox.mailer,
    wait: waitForMail,
    chat: chatControl(chat),
    stages: stageControl(realTime),
    ingest: ingestMetrics(localAccess, { AWS_ENDPOINT_URL: ivs.endpoint }),
    ...overrides,
  });
  const { logger, tokens } = dependencies;
  const app = createApi(dependencies);
  const requests: unknown[] = [];
  const answers: GivenAnswer[] = [];
  const handleEvent = eventHandler({ database, clock: clock.now, log: logger, count: () => {} });

  let addresses = 0;
  const newAddress = () => `10.${(addresses >> 8) & 255}.${addresses++ & 255}.1`;

  const request = async (path: string, init: RequestInit = {}, address = newAddress()) => {
    // The caller's address, as API Gateway passes it on.
    const requestContext = { requestId: randomUUID(), http: { sourceIp: address } };
    if (typeof init.body === 'string') requests.push(parseJson(init.body));
    const response = await app.request(new URL(path, API_URL).href, init, { requestContext });
    const { status, headers } = response;
    const text = await response.clone().text();
    answers.push({ method: init.method ?? 'GET', path, status, headers, text });
    return response;
  };
  const client = (accessToken?: string) => {
    const fetch = async (sent: Request) => {
      const { method, headers } = sent;
      const body = method === 'GET' || method === 'HEAD' ? null : await sent.text();
      return request(sent.url.slice(API_URL.length), { method, headers, body: body || null });
    };
    // Tests look at every refusal, and the clock stands still.
    return apiClient({ baseUrl: API_URL, accessToken: () => accessToken, fetch, maxRetryAfter: 0 });
  };

  return {
    app,
    database,
    ivs,
    images,
    mailbox,
    tokens,
    clock,
    logs: logger.lines,
    requests,
    answers,
    request,
    client,
    async signUp(username = `user-${randomUUID().slice(0, 12)}`) {
      const password = randomUUID();
      const { data, response } = await client().POST('/v1/users', { body: { username, password } });
      if (data === undefined) throw new Error(`signing up ${username} was answered with ${response.status}`);
      const { user, accessToken, refreshToken } = data;
      if (refreshToken === undefined) throw new Error(`signing up ${username} gave no refresh token`);
      const { id: userId, channelId } = user;
      return { username, password, userId, channelId, accessToken, refreshToken, api: client(accessToken) };
    },
    tell: handleEvent,
    async goLive({ channelId }) {
      const channel = ivs.simulator.resources().channels.find(({ arn }) => arn.endsWith(`/${channelId}`));
      if (channel === undefined) throw new Error(`IVS has no channel ${channelId}`);
      const streamId = `st-${randomBytes(12).toString('hex').slice(0, 23)}`;
      for (const name of ['Session Created', 'Stream Start']) {
        const time = clock.now().toISOString();
        const event = stateEvent(name, streamId, time, { resources: [channel.arn] });
        ivs.simulator.applyEvent(event);
        await handleEvent(event);
      }
      return streamId;
    },
    async stop() {
      await Promise.all([ivs.stop(), images.stop(), mailbox.stop(), database.stop()]);
    },
  };
}

/**
 * Starts the API before the tests of a file and stops it after them. Then fails if an answer, a log line or a
 * row contains a secret that does not belong there, or if an answer has a header or a reason that the OpenAPI
 * document does not declare.
 */
export function useApi(overrides: Partial<ApiDependencies> = {}): () => TestApi {
  let api: TestApi | undefined;
  beforeAll(async () => {
    api = await startApi(overrides);
  });
  afterAll(async () => {
    if (api === undefined) return;
    const found = await leaks(api);
    await api.stop();
    expect(found).toEqual([]);
    const document = readOpenApi(JSON.parse(JSON.stringify(openApiDocument())));
    expect([...new Set(api.answers.flatMap(answer => answerFaults(document, answer)))]).toEqual([]);
  });
  return () => {
    if (api === undefined) throw new Error('the API is started in beforeAll');
    return api;
  };
}

function testClock(): TestClock {
  let time = Date.parse('2026-01-15T10:00:00.000Z');
  return {
    now: () => new Date(time),
    advance: ms => {
      time += ms;
    },
  };
}
