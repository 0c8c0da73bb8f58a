import { randomUUID } from 'node:crypto';

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

/** A queue in memory, with what each message was made of. */
export interface LocalQueue<Item> {
  send(item: Item, body: string): void;
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

export function localQueue<Item>(now: () => number = () => performance.now()): LocalQueue<Item> {
  let messages: Message<Item>[] = [];
  const visible = () => messages.filter(({ visibleAt }) => visibleAt <= now());
  const withReceipt = (receipt: string) => messages.find(message => message.receipt === receipt);
  return {
    send: (item, body) =>
      void messages.push({ id: randomUUID(), item, body, receipt: '', visibleAt: now(), receives: 0 }),
    receive: (max, visibilityMs) =>
      visible()
        .slice(0, max)
        .map(message => {
          message.receives += 1;
          message.receipt = `${message.id}#${message.receives}`;
          message.visibleAt = now() + visibilityMs;
          return { id: message.id, body: message.body, receipt: message.receipt };
        }),
    delete: receipt => {
      const found = withReceipt(receipt);
      messages = messages.filter(message => message !== found);
      return found !== undefined;
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
