import type { ChildProcess } from 'node:child_process';
import { z } from 'zod';
import { findByUsername } from '../store/channels.ts';
import type { Database } from '../store/database.ts';
import { isOfAnotherOrigin } from './loopbackOnly.ts';
import { spawnChild } from './spawnChild.ts';

/** Answers a request. `connection` identifies the client's connection. */
type Answer = (request: Request, connection: object) => Response | Promise<Response>;

const PATH = '/_local/broadcasts';
const MINUTES = 10;

/** V8 collects young objects at 1 MB instead of 16, which saves a quarter of the memory. */
const SMALL_HEAP = '--max-semi-space-size=1';

export interface TestBroadcasts {
  /** Starts a broadcast on a user's channel. @returns false when one is being played there */
  start(username: string): boolean;
  stop(): void;
}

/**
 * Plays broadcasts of ten minutes in real time, each as `make broadcast` does. `process.env` must be that of the local
 * stack.
 */
export function testBroadcasts(stackName: string, onFailure: (message: string) => void): TestBroadcasts {
  const playing = new Map<string, ChildProcess>();
  return {
    start: username => {
      if (playing.has(username)) return false;
      const variables = { CHANNEL: username, MINUTES: String(MINUTES), SPEED: '', LOSE: '', VIEWERS: '' };
      const env = { ...process.env, STACK: stackName, ...variables };
      const args = ['--import', 'tsx', SMALL_HEAP, 'local/broadcast.ts'];
      const child = spawnChild(process.execPath, args, { env, stdout: 'ignore' });
      playing.set(username, child);
      let output = '';
      child.stderr?.on('data', chunk => {
        output += String(chunk);
      });
      child.once('error', error => onFailure(error.message));
      child.once('close', code => {
        playing.delete(username);
        if (code) onFailure(output.trim() || `exit code ${code}`);
      });
      return true;
    },
    stop: () => {
      for (const child of playing.values()) child.kill('SIGTERM');
    },
  };
}

const body = z.object({ username: z.string() });

/**
 * Adds `POST /_local/broadcasts`: plays a test broadcast on the channel of the user whom the body names. The dashboard
 * of the web app has a button for it. A deployed API has no such route.
 *
 * @param api answers all other requests
 */
export function withTestBroadcasts(
  { start }: Pick<TestBroadcasts, 'start'>,
  database: Database<'channels'>,
  api: Answer,
): Answer {
  return async (request, connection) => {
    if (request.method !== 'POST' || new URL(request.url).pathname !== PATH) return api(request, connection);
    // Anyone on this computer may play a broadcast, but not the web pages that they visit.
    if (isOfAnotherOrigin({ headers: Object.fromEntries(request.headers) }))
      return refused(403, 'local mode answers to its own pages only');
    const parsed = body.safeParse(await request.json().catch(() => undefined));
    if (!parsed.success) return refused(422, 'the body must be {"username": "<name>"}');
    const channel = await findByUsername(database, parsed.data.username);
    if (channel === undefined) return refused(404, `there is no user ${parsed.data.username}`);
    if (channel.isLive || !start(channel.username))
      return refused(409, `${channel.username} is broadcasting already`);
    return Response.json({ username: channel.username, minutes: MINUTES }, { status: 202 });
  };
}

const refused = (status: number, message: string) => Response.json({ message }, { status });
