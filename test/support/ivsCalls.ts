import type { IvschatClient } from '@aws-sdk/client-ivschat';

/** A call of IVS Chat. */
export interface ChatCall {
  readonly operation: string;
  readonly input: object;
}

/** Selects calls of one operation, and what happens before IVS receives one or after it has answered. */
export interface ChatHook {
  readonly operation: string;
  readonly before?: () => Promise<void>;
  readonly after?: () => Promise<void>;
}

/**
 * The calls that IVS Chat has carried out for `chat` since the last call of this function, in order, without
 * those that make rooms.
 */
export function recordChatCalls(chat: IvschatClient): () => ChatCall[] {
  let sent: ChatCall[] = [];
  chat.middlewareStack.add(
    (next, context) => async args => {
      const answer = await next(args);
      const operation = nameOf(context);
      if (!/Room$/.test(operation)) sent.push({ operation, input: args.input });
      return answer;
    },
    { step: 'initialize', name: 'recordChatCalls', override: true },
  );
  return () => {
    const taken = sent;
    sent = [];
    return taken;
  };
}

/** Runs code before or after the next call of an operation, to order two concurrent requests. */
export function onNextCall(chat: IvschatClient, { operation, before, after }: ChatHook): void {
  let isDone = false;
  chat.middlewareStack.add(
    (next, context) => async args => {
      if (isDone || nameOf(context) !== operation) return next(args);
      isDone = true;
      await before?.();
      const answer = await next(args);
      await after?.();
      return answer;
    },
    { step: 'initialize', name: 'onNextCall', override: true },
  );
}

const nameOf = (context: Readonly<Record<string, unknown>>) =>
  String(context['commandName']).replace(/Command$/, '');
