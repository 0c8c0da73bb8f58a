import type { z } from 'zod';
import type { StateStore } from '../stateStore.ts';

interface Message<Item> {
  readonly id: string;
  readonly item: Item;
  readonly body: string;
  /** The receipt handle of the latest receive. */
  receipt: string;
  /** The time from which the message can be received. */
  visibleAt: number;
  receives: number;
}

export interface ReceivedMessage {
  readonly id: string;
  readonly body: string;
  readonly receipt: string;
}

/** A queue that also returns the items from which its messages were made. */
export interface LocalQueue<Item> {
  send(item: Item): void;
  /** Receives at most `max` visible messages, and hides each for `visibilityMs`. */
  receive(max: number, visibilityMs: number): ReceivedMessage[];
  /** Deletes the message with that receipt. Returns whether there was one. */
  delete(receipt: string): boolean;
  /** Hides the message with that receipt for `visibilityMs` from now. Returns whether there was one. */
  changeVisibility(receipt: string, visibilityMs: number): boolean;
  counts(): { readonly visible: number; readonly hidden: number };
  /** The items of the remaining messages, oldest first. */
  items(): Item[];
}

export interface LocalQueueOptions<Item> {
  readonly name: string;
  readonly item: z.ZodType<Item>;
  /** Returns the message body of an item. */
  readonly bodyOf: (item: Item) => string;
  readonly stateStore: StateStore;
  readonly now?: () => number;
}

/** Messages survive a restart, but not their visibility: afterwards every message can be received. */
export function localQueue<Item>(options: LocalQueueOptions<Item>): LocalQueue<Item> {
  const { name, stateStore, now = () => performance.now() } = options;
  const message = (id: string, item: Item): Message<Item> => {
    return { id, item, body: options.bodyOf(item), receipt: '', visibleAt: now(), receives: 0 };
  };
  let messages = stateStore.read(name, options.item).map(({ id, value }) => message(id, value));
  const visible = () => messages.filter(({ visibleAt }) => visibleAt <= now());
  const withReceipt = (receipt: string) => messages.find(one => one.receipt === receipt);
  return {
    send: item => {
      const id = stateStore.newId();
      stateStore.put(name, id, item);
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
      stateStore.remove(name, found.id);
      messages = messages.filter(one => one !== found);
      return true;
    },
    changeVisibility: (receipt, visibilityMs) => {
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
