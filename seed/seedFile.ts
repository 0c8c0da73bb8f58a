import { isUtf8 } from 'node:buffer';
import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { MOCK_ID_PREFIX } from '../model/row.ts';
import { addMs, type Timestamp, timestamp, toTimestamp } from '../model/time.ts';
import { CommandError } from './commandError.ts';
import { findJsonFault } from './jsonFault.ts';

const shortText = z.string().trim().min(1, 'must not be empty').max(140, 'must have at most 140 characters');

const category = shortText.regex(/[\p{L}\p{N}]/u, 'must have a letter or a digit');

const chatLine = z.strictObject({
  /** Seconds after the stream's start. */
  atSeconds: z.number().int().min(0),
  username: shortText,
  content: z.string().min(1, 'must not be empty').max(500, 'must have at most 500 characters'),
});

const seedStream = z.strictObject({
  title: shortText.optional(),
  category: category.optional(),
  isLive: z.boolean().optional(),
  startedAt: timestamp.optional(),
  endedAt: timestamp.optional(),
  isHealthy: z.boolean().optional(),
  hasErrorEvent: z.boolean().optional(),
  isRecorded: z.boolean().optional(),
  peakViewers: z.number().int().min(0).max(10_000_000).optional(),
  chat: z.array(chatLine).max(1000, 'must have at most 1000 messages').optional(),
});

const seedChannel = z.strictObject({
  username: z
    .string()
    .regex(/^[A-Za-z0-9_-]{3,32}$/, 'must be 3 to 32 characters of A-Z, a-z, 0-9, _ and -')
    .refine(
      name => !name.toLowerCase().startsWith(MOCK_ID_PREFIX),
      `must not start with ${MOCK_ID_PREFIX}, which random channels' names do`,
    ),
  title: shortText,
  category: category.optional(),
  isPartner: z.boolean().optional(),
  followerCount: z.number().int().min(0).optional(),
  stream: seedStream.optional(),
});

const seedFile = z.strictObject({ channels: z.array(seedChannel) });

/** One channel of the seed file. What it does not say is made up, credibly. */
export type SeedChannel = z.infer<typeof seedChannel>;
export type SeedStream = z.infer<typeof seedStream>;

/** A stream's times are at least this long ago, and this far apart: its events need the room. */
export const SHORTEST_SESSION_MS = 60_000;

/**
 * Reads the seed file at `path`.
 * @throws CommandError that names the path, and the place in the file when it was read.
 */
export function readSeedFile(path: string, now: Date): SeedChannel[] {
  return parseSeedFile(readText(path), path, now);
}

function readText(path: string): string {
  const bytes = readBytes(path);
  if (!isUtf8(bytes)) throw new CommandError(`JSON: ${path} is not UTF-8 text`);
  return bytes.toString();
}

const reasons: Partial<Record<string, string>> = {
  ENOENT: 'there is no such file',
  EISDIR: 'it is a directory',
  EACCES: 'it may not be read',
};

function readBytes(path: string): Buffer {
  try {
    return readFileSync(path);
  } catch (error) {
    if (typeof error !== 'object' || error === null || !('code' in error)) throw error;
    const code = String(error.code);
    throw new CommandError(`JSON: cannot read ${path}: ${reasons[code] ?? code}`, { cause: error });
  }
}

/** @throws CommandError that names the first place that is wrong, as `channels[3].stream.startedAt`. */
export function parseSeedFile(text: string, path: string, now: Date): SeedChannel[] {
  const fault = findJsonFault(text);
  if (fault !== undefined) {
    throw new CommandError(`JSON: ${path}:${fault.line}:${fault.column}: ${fault.problem}`);
  }
  const result = seedFile.safeParse(JSON.parse(text), {
    error: issue => (issue.input === undefined ? 'is missing' : undefined),
  });
  if (!result.success) {
    const [issue] = result.error.issues;
    throw new CommandError(`JSON: ${path}: ${issue === undefined ? 'invalid' : describe(issue)}`);
  }
  const { channels } = result.data;
  const problem = findDuplicate(channels) ?? findImpossible(channels, toTimestamp(now));
  if (problem !== undefined) throw new CommandError(`JSON: ${path}: ${problem}`);
  return channels;
}

function describe(issue: z.core.$ZodIssue): string {
  const [unknownField] = issue.code === 'unrecognized_keys' ? issue.keys : [];
  if (unknownField !== undefined) return `${placeOf([...issue.path, unknownField])}: there is no such field`;
  return `${placeOf(issue.path)}: ${issue.message}`;
}

/** `['channels', 3, 'stream']` as `channels[3].stream`. */
function placeOf(path: readonly PropertyKey[]): string {
  if (path.length === 0) return 'the whole file';
  return path
    .map(part => (typeof part === 'number' ? `[${part}]` : `.${String(part)}`))
    .join('')
    .replace(/^\./, '');
}

function findDuplicate(channels: readonly SeedChannel[]): string | undefined {
  const first = new Map<string, number>();
  for (const [index, { username }] of channels.entries()) {
    const key = username.toLowerCase();
    const other = first.get(key);
    if (other !== undefined) {
      return `channels[${index}].username: ${username} is the name of channels[${other}] already; case does not count`;
    }
    first.set(key, index);
  }
  return undefined;
}

/** What no broadcast could be: over before it began, still to come, or shorter than what was said in it. */
function findImpossible(channels: readonly SeedChannel[], now: Timestamp): string | undefined {
  const latest = addMs(now, -SHORTEST_SESSION_MS);
  for (const [index, channel] of channels.entries()) {
    const { stream } = channel;
    const place = `channels[${index}].stream`;
    const { startedAt, endedAt, chat = [] } = stream ?? {};
    const isLive = isLiveIn(channel);
    if (isLive && endedAt !== undefined) return `${place}.endedAt: a stream that is live has not ended`;
    for (const name of ['title', 'category'] as const) {
      if (isLive && stream?.[name] !== undefined)
        return `${place}.${name}: a stream that is live has its channel's`;
    }
    if (startedAt !== undefined && startedAt > latest)
      return `${place}.startedAt: must be at least a minute ago`;
    if (endedAt !== undefined && endedAt > latest) return `${place}.endedAt: must be at least a minute ago`;
    if (startedAt === undefined) continue;
    if (endedAt !== undefined && endedAt < addMs(startedAt, SHORTEST_SESSION_MS)) {
      return `${place}.endedAt: must be at least a minute after startedAt`;
    }
    if (!isLive && endedAt === undefined && startedAt > addMs(latest, -SHORTEST_SESSION_MS)) {
      return `${place}.startedAt: must be at least two minutes ago for a stream that has ended`;
    }
    const end = endedAt ?? (isLive ? now : latest);
    const late = chat.findIndex(line => addMs(startedAt, line.atSeconds * 1000) > end);
    if (late !== -1) return `${place}.chat[${late}].atSeconds: comes after the end of the stream`;
  }
  return undefined;
}

/** Whether a channel of the file is live: it says so, or it does not say that its stream has ended. */
export function isLiveIn({ stream }: SeedChannel): boolean {
  return stream?.isLive ?? stream?.endedAt === undefined;
}
