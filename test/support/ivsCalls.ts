import type { IvschatClient } from '@aws-sdk/client-ivschat';

/** What IVS Chat was asked, as `{ operation, input }`. */
export interface ChatCall {
  readonly operation: string;
  readonly input: object;
}

/** Calls of one operation, and what is to happen before IVS gets one, or after it has answered one. */
export interface ChatHook {
  readonly operation: string;
  readonly before?: () => Promise<void>;
  readonly after?: () => Promise<void>;
}

/** The calls that IVS Chat has carried out for `chat` since it was last asked, in order; not those that make its rooms. */
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

/** Lets something happen around the next call of an operation: of two at once, one has to be first. */
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
