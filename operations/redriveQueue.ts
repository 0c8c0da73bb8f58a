import { inParallel } from '../store/inParallel.ts';
import { type DeadLetter, parseDeadLetter } from './deadLetter.ts';
import type { Queue, ReceivedMessage } from './queue.ts';
import { errorLine } from './terminalLog.ts';

export interface RedriveOptions {
  readonly queue: Queue;
  /**
   * Does with a message's payload what its function does. What it resolves to is told beside the count; when it throws,
   * the message stays.
   */
  readonly handle: (payload: unknown) => Promise<string>;
  /** One line that says which message it is, without what people said in it. */
  readonly describe: (payload: unknown) => string;
  readonly say: (line: string) => void;
  /** Look only: handle nothing and delete nothing. */
  readonly dry: boolean;
  readonly signal?: AbortSignal | undefined;
}

export interface RedriveReport {
  /** How many were handled and deleted, by what `handle` resolved to. */
  readonly handled: Readonly<Record<string, number>>;
  /** How many stay: they failed again, cannot be read, or were only looked at. */
  readonly left: number;
  /** How many another command, or one that was killed, has under way: they come back by themselves. */
  readonly elsewhere: number;
}

/**
 * Gives every message of a dead-letter queue to `handle`, and deletes those that it is done with. A message is deleted
 * after it was handled, never before: when this is killed in between, it is handled again, which changes nothing.
 *
 * What stays is held back until all have been tried once, so that none is met twice, and is then given back.
 */
export async function redriveQueue(options: RedriveOptions): Promise<RedriveReport> {
  const { queue, say, signal } = options;
  const handled: Record<string, number> = {};
  const left: ReceivedMessage[] = [];
  const held = new Set<string>();
  try {
    while (!signal?.aborted) {
      const messages = await queue.receive();
      // One that was held back for too long is here again: everything else has had its turn.
      if (messages.every(({ id }) => held.has(id))) break;
      await inParallel(messages, messages.length, undefined, async message => {
        if (held.has(message.id)) return;
        const result = await redrive(options, message);
        if (result === undefined) {
          held.add(message.id);
          left.push(message);
        } else {
          handled[result] = (handled[result] ?? 0) + 1;
        }
      });
    }
  } finally {
    await inParallel(left, 10, undefined, message => message.release());
  }
  const { waiting, underWay } = await queue.counts();
  if (signal?.aborted) say(`interrupted: about ${waiting + underWay} messages are left`);
  return { handled, left: left.length, elsewhere: underWay };
}

/** What became of a message; undefined, and it stays. */
async function redrive(options: RedriveOptions, message: ReceivedMessage): Promise<string | undefined> {
  const letter = parseDeadLetter(message.body, message.attributes);
  if (letter === undefined) {
    options.say(`  ${message.id}: neither an event nor a failure record of Lambda: ${shown(message.body)}`);
    return undefined;
  }
  const what = options.describe(letter.payload);
  if (options.dry) {
    options.say(`  ${message.id}: ${what}${failedWith(letter)}`);
    return undefined;
  }
  try {
    const result = await options.handle(letter.payload);
    await message.delete();
    return result;
  } catch (error) {
    options.say(`  ${message.id}: ${what} failed again: ${errorLine(error)}`);
    return undefined;
  }
}

const failedWith = ({ error }: DeadLetter) => (error === undefined ? '' : `, which failed with ${error}`);

const SHOWN = 200;
const shown = (text: string) => JSON.stringify(text.length > SHOWN ? `${text.slice(0, SHOWN)}...` : text);
