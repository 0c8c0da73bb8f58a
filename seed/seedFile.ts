import { isUtf8 } from 'node:buffer';
import { readFileSync, statSync } from 'node:fs';
import { username } from '../model/newUsername.ts';
import { MOCK_ID_PREFIX } from '../model/row.ts';
import { freeText, textBounds } from '../model/text.ts';
import { addMs, type Timestamp, timestamp, toTimestamp } from '../model/time.ts';
import { usernameKeyOf } from '../model/username.ts';
import { CommandError } from '../model/variables.ts';
import * as z from '../model/zod.ts';
import { fileFailure } from '../store/failures.ts';
import { findJsonFault } from './jsonFault.ts';

const title = freeText(textBounds.title);

const category = freeText(textBounds.category).check(
  z.refine(name => /[\p{L}\p{N}]/u.test(name), 'must have a letter or a digit'),
);

/** 30 days: longer than any broadcast, and so short that a time plus this many seconds is a valid date. */
const MOST_SECONDS = 30 * 86_400;
const EARLIEST: Timestamp = '2000-01-01T00:00:00.000Z';
const time = timestamp.check(z.refine(at => at >= EARLIEST, 'must be in the year 2000 or later'));

const whole = (most: number) =>
  z.int().check(z.minimum(0, 'must be 0 or more'), z.maximum(most, `must be at most ${most}`));

const chatLine = z.strictObject({
  /** Seconds after the stream's start. */
  atSeconds: whole(MOST_SECONDS),
  username: title,
  content: freeText(textBounds.chatMessage),
});

const MOST_MESSAGES = 1000;

const seedStream = z.strictObject({
  title: z.optional(title),
  category: z.optional(category),
  isLive: z.optional(z.boolean()),
  startedAt: z.optional(time),
  endedAt: z.optional(time),
  isHealthy: z.optional(z.boolean()),
  hasErrorEvent: z.optional(z.boolean()),
  isRecorded: z.optional(z.boolean()),
  peakViewers: z.optional(whole(10_000_000)),
  // The number is checked first, so that a huge list does not produce an issue for each line.
  chat: z.optional(
    z.pipe(
      z.array(z.unknown()).check(z.maxLength(MOST_MESSAGES, `must have at most ${MOST_MESSAGES} messages`)),
      z.array(chatLine),
    ),
  ),
});

const seedChannel = z.strictObject({
  username: z.pipe(
    z
      .string()
      .check(
        z.refine(
          name => !usernameKeyOf(name).startsWith(MOCK_ID_PREFIX),
          `must not start with ${MOCK_ID_PREFIX}, which is reserved for generated names`,
        ),
      ),
    username,
  ),
  title,
  category: z.optional(category),
  isPartner: z.optional(z.boolean()),
  followerCount: z.optional(whole(1_000_000)),
  stream: z.optional(seedStream),
});

const seedFile = z.strictObject({ channels: z.array(z.unknown()) });

/** One channel of the seed file. Missing fields are generated. */
export type SeedChannel = z.infer<typeof seedChannel>;
export type SeedStream = z.infer<typeof seedStream>;

/** The minimum length of a stream and the minimum age of its times: its events need one minute. */
export const SHORTEST_SESSION_MS = 60_000;

/**
 * Reads the seed file at `path`.
 * @throws CommandError with the path, and with the position when the file could be read
 */
export function readSeedFile(path: string, now: Date): SeedChannel[] {
  return parseSeedFile(readText(path), path, now);
}

const MOST_BYTES = 256 * 1024 * 1024;

function readText(path: string): string {
  const bytes = readBytes(path);
  if (looksLikeUtf16(bytes)) throw new CommandError(`JSON: ${path} is UTF-16 text: save it as UTF-8`);
  if (!isUtf8(bytes)) {
    const { line, column, byte } = firstFault(bytes);
    throw new CommandError(
      `JSON: ${path}:${line}:${column}: the byte 0x${byte.toString(16)} is not UTF-8: save the file as UTF-8`,
    );
  }
  return bytes.toString();
}

/**
 * Detects UTF-16 by its byte order mark, or by a zero byte: UTF-16 pads the ASCII start of JSON with zeros.
 */
function looksLikeUtf16([first, second]: Buffer): boolean {
  return (
    (first === 0xff && second === 0xfe) ||
    (first === 0xfe && second === 0xff) ||
    (second !== undefined && (first === 0) !== (second === 0))
  );
}

/** Returns the first position that is not valid UTF-8. Lines and columns count from 1. */
function firstFault(bytes: Buffer): { line: number; column: number; byte: number } {
  let line = 1;
  let start = 0;
  for (let end = bytes.indexOf(0x0a); end !== -1 && isUtf8(bytes.subarray(start, end)); line++) {
    start = end + 1;
    end = bytes.indexOf(0x0a, start);
  }
  // Invalid bytes decode to U+FFFD, so they differ after encoding again.
  const rest = bytes.subarray(start);
  const decoded = Buffer.from(rest.toString());
  const offset = rest.findIndex((byte, index) => byte !== decoded[index]);
  return { line, column: rest.subarray(0, offset).toString().length + 1, byte: rest[offset] ?? 0 };
}

function readBytes(path: string): Buffer {
  try {
    const file = statSync(path);
    if (file.isFile() && file.size <= MOST_BYTES) return readFileSync(path);
    if (file.isFile()) {
      throw new CommandError(`JSON: ${path} has ${file.size} bytes: the limit is ${MOST_BYTES}`);
    }
    // Reading a pipe or a device can block forever.
    const what = file.isDirectory() ? 'it is a directory' : 'it is not a regular file';
    throw new CommandError(`JSON: cannot read ${path}: ${what}`);
  } catch (error) {
    const reason = fileFailure(error);
    if (reason === undefined) throw error;
    throw new CommandError(`JSON: cannot read ${path}: ${reason}`, { cause: error });
  }
}

/**
 * Parses the text of a seed file. A byte order mark at its start is skipped.
 * @throws CommandError with the first invalid field, for example `channels[3].stream.startedAt`
 */
export function parseSeedFile(text: string, path: string, now: Date): SeedChannel[] {
  const source = text.replace(/^\ufeff/, '');
  const fault = findJsonFault(source);
  if (fault !== undefined) {
    throw new CommandError(`JSON: ${path}:${fault.line}:${fault.column}: ${fault.problem}`);
  }
  const file = parse(seedFile, JSON.parse(source), path, []);
  // Parsed one by one, so that a file with millions of invalid channels stops at the first.
  const channels = file.channels.map((channel, index) =>
    parse(seedChannel, channel, path, ['channels', index]),
  );
  const problem = findDuplicate(channels) ?? findImpossible(channels, toTimestamp(now));
  if (problem !== undefined) throw new CommandError(`JSON: ${path}: ${problem}`);
  return channels;
}

function parse<T>(schema: z.ZodMiniType<T>, value: unknown, path: string, place: readonly PropertyKey[]): T {
  const { data, error } = schema.safeParse(value, { reportInput: true });
  if (error === undefined) return data;
  const [issue] = error.issues;
  throw new CommandError(`JSON: ${path}: ${issue === undefined ? 'invalid' : describe(issue, place)}`);
}

function describe(issue: z.core.$ZodIssue, place: readonly PropertyKey[]): string {
  const path = [...place, ...issue.path];
  const [unknownField] = issue.code === 'unrecognized_keys' ? issue.keys : [];
  if (unknownField !== undefined) return `${placeOf([...path, unknownField])}: there is no such field`;
  const isMissing = issue.code === 'invalid_type' && issue.input === undefined;
  return `${placeOf(path)}: ${isMissing ? 'is missing' : issue.message}`;
}

/** Formats `['channels', 3, 'stream']` as `channels[3].stream`. Quotes a name with special characters. */
function placeOf(path: readonly PropertyKey[]): string {
  if (path.length === 0) return 'the whole file';
  return path
    .map(part => {
      if (typeof part === 'number') return `[${part}]`;
      const name = String(part);
      return /^\w{1,40}$/.test(name) ? `.${name}` : `[${JSON.stringify(name.slice(0, 40))}]`;
    })
    .join('')
    .replace(/^\./, '');
}

function findDuplicate(channels: readonly SeedChannel[]): string | undefined {
  const first = new Map<string, number>();
  for (const [index, { username }] of channels.entries()) {
    const key = usernameKeyOf(username);
    const other = first.get(key);
    if (other !== undefined) {
      return `channels[${index}].username: ${username} is already the name of channels[${other}]. Names are compared without case.`;
    }
    first.set(key, index);
  }
  return undefined;
}

/** Finds a stream with impossible times: ended before its start, in the future, or shorter than its chat. */
function findImpossible(channels: readonly SeedChannel[], now: Timestamp): string | undefined {
  const latest = addMs(now, -SHORTEST_SESSION_MS);
  for (const [index, channel] of channels.entries()) {
    const { stream } = channel;
    const place = `channels[${index}].stream`;
    const { startedAt, endedAt, chat = [] } = stream ?? {};
    const isLive = isLiveIn(channel);
    if (isLive && endedAt !== undefined) return `${place}.endedAt: a live stream must not have an end`;
    for (const name of ['title', 'category'] as const) {
      if (isLive && stream?.[name] !== undefined)
        return `${place}.${name}: a live stream must not have its own ${name}. Set the ${name} of the channel.`;
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
    if (late !== -1) return `${place}.chat[${late}].atSeconds: must not be after the end of the stream`;
  }
  return undefined;
}

/** Returns whether a channel of the file is live: `isLive` if set, otherwise whether `endedAt` is missing. */
export function isLiveIn({ stream }: SeedChannel): boolean {
  return stream?.isLive ?? stream?.endedAt === undefined;
}
