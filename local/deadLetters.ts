import { LOCAL_ACCOUNT } from '../model/localEndpoint.ts';
import { localQueue } from './awsEndpoint/queue.ts';
import type { LogDeadLetter, LogsEvent } from './chat/chatLog.ts';
import type { DeadLetter } from './eventBus/eventBus.ts';

export type LocalDeadLetters = ReturnType<typeof localDeadLetters>;

/** The last part of the URL of each queue. */
const queueNames = { events: 'EventDeadLetters', chat: 'ChatDeadLetters' } as const;

/** The dead-letter queues of the stack: what its functions failed on, as Lambda writes it. */
export function localDeadLetters() {
  const events = localQueue<DeadLetter>();
  const chat = localQueue<LogDeadLetter>();
  return {
    keepEvent: (letter: DeadLetter) => events.send(letter, invocationRecord(letter.event, letter)),
    keepChat: (letter: LogDeadLetter, payload: LogsEvent) =>
      chat.send(letter, invocationRecord(payload, letter)),
    events: () => events.items(),
    chat: () => chat.items(),
    /** By the last part of their URLs. */
    queues: { [queueNames.events]: events, [queueNames.chat]: chat },
    urls: (awsUrl: string) => ({
      events: `${awsUrl}/${LOCAL_ACCOUNT}/${queueNames.events}`,
      chat: `${awsUrl}/${LOCAL_ACCOUNT}/${queueNames.chat}`,
    }),
  };
}

/** https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html */
function invocationRecord(requestPayload: unknown, failure: { reason: string; attempts: number }): string {
  return JSON.stringify({
    version: '1.0',
    timestamp: new Date().toISOString(),
    requestContext: { condition: 'RetriesExhausted', approximateInvokeCount: failure.attempts },
    requestPayload,
    responsePayload: { errorMessage: failure.reason },
  });
}
