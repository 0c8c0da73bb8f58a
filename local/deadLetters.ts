import { LOCAL_ACCOUNT } from '../model/localEndpoint.ts';
import { localQueue } from './awsEndpoint/queue.ts';
import { failedBatch, type LogDeadLetter, type LogsEvent } from './chat/chatLog.ts';
import { type DeadLetter, deadLetter } from './eventBus/eventBus.ts';
import type { StateStore } from './stateStore.ts';
import { type FailedChanges, failedChanges } from './tableStreams.ts';

export type LocalDeadLetters = ReturnType<typeof localDeadLetters>;

/** The last part of the URL of each queue. */
const queueNames = {
  events: 'EventDeadLetters',
  chat: 'ChatDeadLetters',
  announcements: 'AnnouncementDeadLetters',
} as const;

/** The dead-letter queues of the stack, with the events, chat lines and changes on which its functions failed. */
export function localDeadLetters(stateStore: StateStore) {
  const events = localQueue<DeadLetter>({
    name: queueNames.events,
    item: deadLetter,
    bodyOf: letter => invocationRecord(letter.event, letter),
    stateStore,
  });
  const chat = localQueue({
    name: queueNames.chat,
    item: failedBatch,
    bodyOf: ({ letter, payload }) => invocationRecord(payload, letter),
    stateStore,
  });
  const announcements = localQueue({
    name: queueNames.announcements,
    item: failedChanges,
    bodyOf: streamFailureRecord,
    stateStore,
  });
  return {
    keepEvent: (letter: DeadLetter) => events.send(letter),
    keepChat: (letter: LogDeadLetter, payload: LogsEvent) => chat.send({ letter, payload }),
    keepChanges: (changes: FailedChanges) => announcements.send(changes),
    events: () => events.items(),
    chat: () => chat.items().map(({ letter }) => letter),
    announcements: () => announcements.items(),
    /** The queues by the last part of their URLs. */
    queues: {
      [queueNames.events]: events,
      [queueNames.chat]: chat,
      [queueNames.announcements]: announcements,
    },
    urls: (awsUrl: string) => ({
      events: `${awsUrl}/${LOCAL_ACCOUNT}/${queueNames.events}`,
      chat: `${awsUrl}/${LOCAL_ACCOUNT}/${queueNames.chat}`,
      announcements: `${awsUrl}/${LOCAL_ACCOUNT}/${queueNames.announcements}`,
    }),
  };
}

/**
 * Returns the message that Lambda writes:
 * https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html
 */
function invocationRecord(
  requestPayload: unknown,
  failure: { readonly reason: string; readonly attempts: number; readonly failedAt: string },
): string {
  return JSON.stringify({
    version: '1.0',
    timestamp: failure.failedAt,
    requestContext: { condition: 'RetriesExhausted', approximateInvokeCount: failure.attempts },
    requestPayload,
    responsePayload: { errorMessage: failure.reason },
  });
}

/**
 * Returns the message that Lambda writes for a failed batch of a stream. It has the position of the changes.
 * https://docs.aws.amazon.com/lambda/latest/dg/services-dynamodb-errors.html
 */
function streamFailureRecord({ reason, attempts, failedAt, ...batch }: FailedChanges): string {
  return JSON.stringify({
    version: '1.0',
    timestamp: failedAt,
    requestContext: { condition: `RetryAttemptsExhausted: ${reason}`, approximateInvokeCount: attempts },
    DDBStreamBatchInfo: batch,
  });
}
