import {
  ChangeMessageVisibilityCommand,
  DeleteMessageCommand,
  GetQueueAttributesCommand,
  ReceiveMessageCommand,
  type SQSClient,
} from '@aws-sdk/client-sqs';

/** A message that nobody else is given for a while. */
export interface ReceivedMessage {
  readonly id: string;
  readonly body: string;
  readonly attributes: Readonly<Record<string, string>>;
  /** Takes it out of the queue for good. */
  delete(): Promise<void>;
  /** Gives it back at once. */
  release(): Promise<void>;
}

export interface QueueCounts {
  readonly waiting: number;
  /** Received, and neither deleted nor given back yet. */
  readonly underWay: number;
}

/** A queue, as an operator's command needs it. */
export interface Queue {
  /** Up to ten messages; none, and there are none to be had now. */
  receive(): Promise<ReceivedMessage[]>;
  /** SQS counts approximately. */
  counts(): Promise<QueueCounts>;
}

/** Longer than handling ten messages takes, tries included; a command that was killed gives them back after it. */
const VISIBILITY_SECONDS = 120;

/** With no wait at all SQS asks some of its servers only, and says that there is nothing when those have nothing. */
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
