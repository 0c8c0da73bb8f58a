import { inParallel } from '../store/inParallel.ts';
import { type DeadLetter, parseDeadLetter } from './deadLetter.ts';
import type { Queue, ReceivedMessage } from './queue.ts';
import { errorLine } from './terminalLog.ts';

export interface RedriveOptions {
  readonly queue: Queue;
  /**
   * Handles a message's payload in the same way as its function. Resolves to the result under which the
   * report counts the message. When it throws, the message stays in the queue.
   */
  readonly handle: (payload: unknown) => Promise<string>;
  /** Returns one line that identifies the message and contains no chat text. */
  readonly describe: (payload: unknown) => string;
  readonly say: (line: string) => void;
  /** Only lists the messages: handles and deletes none of them. */
  readonly dry: boolean;
  readonly signal?: AbortSignal | undefined;
}

export interface RedriveReport {
  /** The number of messages handled and deleted, by the result of `handle`. */
  readonly handled: Readonly<Record<string, number>>;
  /** The number of messages that stay: they failed again, cannot be parsed, or `dry` is set. */
  readonly left: number;
  /** The number of messages that another or a killed command has received. SQS makes them visible again. */
  readonly elsewhere: number;
}

/**
 * Passes every message of a dead-letter queue to `handle` and deletes each message that was handled. The
 * deletion follows the handling: after a kill between the two, the next run handles the message again, which
 * changes nothing.
 *
 * Messages that stay are released after every message was tried once, so that none is received twice.
 */
export async function redriveQueue(options: RedriveOptions): Promise<RedriveReport> {
  const { queue, say, signal } = options;
  const handled: Record<string, number> = {};
  const left: ReceivedMessage[] = [];
  const held = new Set<string>();
  try {
    while (!signal?.aborted) {
      const messages = await queue.receive();
      // Only messages whose visibility timeout has passed are left: all others were tried.
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

/** @returns the result of `handle`, or undefined when the message stays in the queue */
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
