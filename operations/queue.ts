import {
  ChangeMessageVisibilityCommand,
  DeleteMessageCommand,
  GetQueueAttributesCommand,
  ReceiveMessageCommand,
  type SQSClient,
} from '@aws-sdk/client-sqs';

/** A received message. SQS hides it from other receivers during the visibility timeout. */
export interface ReceivedMessage {
  readonly id: string;
  readonly body: string;
  readonly attributes: Readonly<Record<string, string>>;
  /** Deletes the message from the queue. */
  delete(): Promise<void>;
  /** Makes the message visible to other receivers at once. */
  release(): Promise<void>;
}

export interface QueueCounts {
  readonly waiting: number;
  /** Received, and neither deleted nor visible again yet. */
  readonly underWay: number;
}

/** The queue operations that `make redrive` needs. */
export interface Queue {
  /** Returns up to ten messages, or an empty array when no message is visible. */
  receive(): Promise<ReceivedMessage[]>;
  /** Returns approximate counts: SQS has no exact ones. */
  counts(): Promise<QueueCounts>;
}

/** Longer than handling ten messages takes. The messages of a killed command return after this time. */
const VISIBILITY_SECONDS = 120;

/** Without a wait, SQS asks only some of its servers, and may miss messages that are in the queue. */
const WAIT_SECONDS = 2;

export function sqsQueue(client: SQSClient, QueueUrl: string): Queue {
  return {
    receive: async () => {
      const { Messages = [] } = await client.send(
        new ReceiveMessageCommand({
          QueueUrl,
          MaxNumberOfMessages: 10,
          VisibilityTimeout: VISIBILITY_SECONDS,
          WaitTimeSeconds: WAIT_SECONDS,
          MessageAttributeNames: ['All'],
        }),
      );
      return Messages.map(
        ({ MessageId: id = '', Body: body = '', ReceiptHandle, MessageAttributes = {} }) => ({
          id,
          body,
          attributes: Object.fromEntries(
            Object.entries(MessageAttributes).map(([name, { StringValue = '' }]) => [name, StringValue]),
          ),
          delete: async () => {
            await client.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle }));
          },
          release: async () => {
            await client.send(
              new ChangeMessageVisibilityCommand({ QueueUrl, ReceiptHandle, VisibilityTimeout: 0 }),
            );
          },
        }),
      );
    },
    counts: async () => {
      const { Attributes = {} } = await client.send(
        new GetQueueAttributesCommand({
          QueueUrl,
          AttributeNames: ['ApproximateNumberOfMessages', 'ApproximateNumberOfMessagesNotVisible'],
        }),
      );
      return {
        waiting: Number(Attributes['ApproximateNumberOfMessages'] ?? 0),
        underWay: Number(Attributes['ApproximateNumberOfMessagesNotVisible'] ?? 0),
      };
    },
  };
}
