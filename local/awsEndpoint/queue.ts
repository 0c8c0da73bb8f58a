import type { z } from 'zod';
import type { KeptState } from '../keptState.ts';

/** A message as it is kept. */
interface Message<Item> {
  readonly id: string;
  readonly item: Item;
  readonly body: string;
  /** What the latest receiver deletes it by. */
  receipt: string;
  /** From when on it can be received. */
  visibleAt: number;
  receives: number;
}

export interface ReceivedMessage {
  readonly id: string;
  readonly body: string;
  readonly receipt: string;
}

/** A queue, with what each message was made of. */
export interface LocalQueue<Item> {
  send(item: Item): void;
  /** At most `max` messages that nobody has, each out of sight for `visibilityMs`. */
  receive(max: number, visibilityMs: number): ReceivedMessage[];
  /** Whether there is a message with that receipt, which is then gone. */
  delete(receipt: string): boolean;
  /** Whether there is a message with that receipt, which is then out of sight for `visibilityMs` from now on. */
  hide(receipt: string, visibilityMs: number): boolean;
  counts(): { readonly visible: number; readonly hidden: number };
  /** What the messages that are left were made of, the oldest first. */
  items(): Item[];
}

export interface LocalQueueOptions<Item> {
  readonly name: string;
  readonly item: z.ZodType<Item>;
  /** The body of the message that an item is sent as. */
  readonly bodyOf: (item: Item) => string;
  readonly kept: KeptState;
  readonly now?: () => number;
}

/** Who has received what is not kept: after a restart every message can be received. */
export function localQueue<Item>(options: LocalQueueOptions<Item>): LocalQueue<Item> {
  const { name, kept, now = () => performance.now() } = options;
  const message = (id: string, item: Item): Message<Item> => {
    return { id, item, body: options.bodyOf(item), receipt: '', visibleAt: now(), receives: 0 };
  };
  let messages = kept.read(name, options.item).map(({ id, value }) => message(id, value));
  const visible = () => messages.filter(({ visibleAt }) => visibleAt <= now());
  const withReceipt = (receipt: string) => messages.find(one => one.receipt === receipt);
  return {
    send: item => {
      const id = kept.newId();
      kept.put(name, id, item);
      messages.push(message(id, item));
    },
    receive: (max, visibilityMs) =>
      visible()
        .slice(0, max)
        .map(received => {
          received.receives += 1;
          received.receipt = `${received.id}#${received.receives}`;
          received.visibleAt = now() + visibilityMs;
          return { id: received.id, body: received.body, receipt: received.receipt };
        }),
    delete: receipt => {
      const found = withReceipt(receipt);
      if (found === undefined) return false;
      kept.remove(name, found.id);
      messages = messages.filter(one => one !== found);
      return true;
    },
    hide: (receipt, visibilityMs) => {
      const found = withReceipt(receipt);
      if (found !== undefined) found.visibleAt = now() + visibilityMs;
      return found !== undefined;
    },
    counts: () => {
      const { length } = visible();
      return { visible: length, hidden: messages.length - length };
    },
    items: () => messages.map(({ item }) => item),
  };
}
