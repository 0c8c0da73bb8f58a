import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, jest } from '@jest/globals';
import axe, { type AxeResults } from 'axe-core';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { apiClient, createSession } from '../../client/index.ts';
import { unlimited } from '../../local/ivs/quotas.ts';
import { type LocalStack, startLocal } from '../../local/startLocal.ts';
import { launchBrowser } from './chromium.ts';
import { PASSWORD } from './steps.ts';

/** A local stack with the web app, and a browser. */
export interface App {
  /** The address of the web app. */
  url(): string;
  stack(): LocalStack;
  /** Stops the stack, and starts it again with the same data at the same address. */
  restart(): Promise<void>;
  /** Opens a page in a browser of its own. It fails the test if it writes an error or misses a file. */
  open(path: string, options?: BrowserContextOptions): Promise<Page>;
  /** Returns a username that no user of this stack has, and that begins with `name`: a test may run twice. */
  newName(name: string): string;
  /** Creates a user without the web app. */
  signUp(username: string): Promise<Person>;
}

export type Person = Awaited<ReturnType<typeof signUp>>;

/** Starts a stack and a browser for the tests of a file, and stops them afterwards. */
export function useApp(): App {
  const folder = mkdtempSync(join(tmpdir(), 'browser-'));
  let stack: LocalStack;
  let browser: Browser;
  const pages: WatchedPage[] = [];
  let names = 0;
  // A browser on a busy computer can be too slow for one of the many timeouts. A fault of the app fails twice.
  jest.retryTimes(1, { logErrorsBeforeRetry: true });
  // Time that a test waits for the computer is not a fault: each of its steps has a timeout of its own.
  jest.setTimeout(240_000);

  const start = (ports: { readonly apiPort: number; readonly awsPort: number }) =>
    startLocal({
      stackName: 'UGC-browser',
      region: 'us-west-2',
      ...ports,
      partnerFollowers: 100,
      log: () => {},
      ivsQuota: unlimited,
      databaseFile: join(folder, 'data'),
    });

  beforeAll(async () => {
    [stack, browser] = await Promise.all([start({ apiPort: 0, awsPort: 0 }), launchBrowser()]);
  });
  afterAll(async () => {
    await browser?.close();
    await stack?.stop();
    rmSync(folder, { recursive: true, force: true });
  });
  afterEach(async () => {
    const seen = pages.splice(0);
    await Promise.all(seen.map(({ page }) => page.context().close()));
    expect(seen.flatMap(({ faults }) => faults)).toEqual([]);
  });

  return {
    url: () => stack.apiUrl,
    stack: () => stack,
    restart: async () => {
      const [apiPort, awsPort] = [stack.apiUrl, stack.awsUrl].map(url => Number(new URL(url).port));
      await stack.stop();
      stack = await start({ apiPort: apiPort ?? 0, awsPort: awsPort ?? 0 });
    },
    open: async (path, options = {}) => {
      const context = await browser.newContext({
        viewport: { width: 1280, height: 800 },
        locale: 'en-US',
        ...options,
      });
      const watched = watch(await context.newPage());
      pages.push(watched);
      await watched.page.goto(stack.apiUrl + path);
      return watched.page;
    },
    newName: name => `${name}${++names}`,
    signUp: username => signUp(stack, username),
  };
}

interface WatchedPage {
  readonly page: Page;
  readonly faults: string[];
}

/**
 * What a page meets when a stream ends: its playlist is a 404 from then on, as at IVS, and a report of the viewer that
 * is on its way is refused with 409.
 */
export const endOfStream = /404.*\/_local\/hls\/|409.*\/metrics/;

const expectedFaults = new WeakMap<Page, RegExp[]>();

/** Says that a page meets a fault on purpose: a refused request, or a lost connection. */
export function expectFault(page: Page, fault: RegExp): void {
  expectedFaults.set(page, [...(expectedFaults.get(page) ?? []), fault]);
}

function watch(page: Page): WatchedPage {
  const faults: string[] = [];
  const note = (fault: string) => {
    if (!expectedFaults.get(page)?.some(expected => expected.test(fault))) faults.push(fault);
  };
  page.on('console', message => {
    if (message.type() === 'error') note(`console: ${message.text()} ${message.location().url}`);
  });
  page.on('pageerror', error => note(`exception: ${error.message}`));
  page.on('response', answer => {
    if (answer.status() >= 400) note(`${answer.status()} ${answer.url()}`);
  });
  return { page, faults };
}

async function signUp({ apiUrl, awsUrl }: LocalStack, username: string) {
  const session = createSession({ baseUrl: apiUrl });
  const api = apiClient({ baseUrl: apiUrl, session });
  const { data } = await api.POST('/v1/users', { body: { username, password: PASSWORD } });
  if (data === undefined) throw new Error(`${username} could not sign up`);
  session.start(data);
  const channel = await api.GET('/v1/channels/{username}', { params: { path: { username } } });
  if (channel.data === undefined) throw new Error(`${username} has no channel`);
  const { id } = channel.data;
  const arn = `arn:aws:ivs:us-west-2:000000000000:channel/${id}`;
  let events = 0;
  let streamId = '';

  const send = async (type: string, event_name: string) => {
    const event = {
      version: '0',
      id: `${username}-${++events}`,
      'detail-type': type,
      source: 'aws.ivs',
      account: '000000000000',
      time: new Date().toISOString().replace(/\.\d+/, ''),
      region: 'us-west-2',
      resources: [arn],
      detail: { event_name, channel_name: username, stream_id: streamId },
    };
    const answer = await fetch(`${awsUrl}/_local/events`, { method: 'POST', body: JSON.stringify(event) });
    if (!answer.ok) throw new Error(`the event was refused: ${await answer.text()}`);
  };

  return {
    username,
    userId: data.user.id,
    api,
    /** Starts a broadcast, as IVS tells of one. */
    goLive: async (title: string) => {
      await api.PATCH('/v1/channels/me', { body: { title } });
      streamId = `st-${username}-${events}`;
      await send('IVS Stream State Change', 'Session Created');
      await send('IVS Stream State Change', 'Stream Start');
    },
    /** The encoder loses its connection, or has it again. */
    loseEncoder: () => send('IVS Stream State Change', 'Stream End'),
    returnEncoder: () => send('IVS Stream State Change', 'Stream Start'),
    endStream: async () => {
      await send('IVS Stream State Change', 'Stream End');
      await send('IVS Stream State Change', 'Session Ended');
    },
  };
}

/** Returns what makes a page hard to use for people with disabilities, by the rules of axe, or by some of them. */
export async function barriersOf(page: Page, rules?: readonly string[]): Promise<string[]> {
  if (!(await page.evaluate('"axe" in window'))) await page.evaluate(axe.source);
  const options = rules === undefined ? {} : { runOnly: rules };
  const { violations } = (await page.evaluate(`axe.run(document, ${JSON.stringify(options)})`)) as AxeResults;
  return violations.flatMap(({ id, nodes }) =>
    nodes.map(({ html, failureSummary }) => `${id}: ${html.slice(0, 160)} ${failureSummary ?? ''}`),
  );
}

/** The files that the browser loads to show the directory, from the built page on. */
export function directoryFiles(): string[] {
  const html = readFileSync('web/dist/index.html', 'utf8');
  return [...html.matchAll(/(?:src|href)="\/(assets\/[^"]+)"/g)].map(([, path = '']) => `web/dist/${path}`);
}
