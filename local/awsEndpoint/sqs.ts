import { createHash } from 'node:crypto';
import { z } from 'zod';
import { type AwsService, json, jsonError, readJson } from './http.ts';
import type { LocalQueue } from './queue.ts';

type Queue = Omit<LocalQueue<unknown>, 'send'>;

type Operation = (queue: Queue, input: unknown) => object | undefined;

const receipt = z.string().min(1);
const visibility = z.number().int().min(0).max(43_200);

const operations: Readonly<Record<string, Operation>> = {
  /** Ignores `WaitTimeSeconds` and answers at once. */
  ReceiveMessage: operation(
    z.object({
      MaxNumberOfMessages: z.number().int().min(1).max(10).default(1),
      VisibilityTimeout: visibility.default(30),
    }),
    (queue, { MaxNumberOfMessages, VisibilityTimeout }) => {
      const messages = queue.receive(MaxNumberOfMessages, VisibilityTimeout * 1000);
      if (messages.length === 0) return {};
      return {
        Messages: messages.map(message => ({
          MessageId: message.id,
          ReceiptHandle: message.receipt,
          Body: message.body,
          // The SDK verifies this hash.
          MD5OfBody: createHash('md5').update(message.body).digest('hex'),
        })),
      };
    },
  ),

  DeleteMessage: operation(z.object({ ReceiptHandle: receipt }), (queue, { ReceiptHandle }) => {
    queue.delete(ReceiptHandle);
    // As in SQS, deleting a deleted message succeeds.
    return {};
  }),

  ChangeMessageVisibility: operation(
    z.object({ ReceiptHandle: receipt, VisibilityTimeout: visibility }),
    (queue, { ReceiptHandle, VisibilityTimeout }) =>
      queue.changeVisibility(ReceiptHandle, VisibilityTimeout * 1000) ? {} : undefined,
  ),

  GetQueueAttributes: operation(z.object({}), queue => {
    const { visible, hidden } = queue.counts();
    return {
      Attributes: {
        ApproximateNumberOfMessages: String(visible),
        ApproximateNumberOfMessagesNotVisible: String(hidden),
      },
    };
  }),
};

/** The values of `X-Amz-Target` for the operations. */
export const sqsTargets = Object.keys(operations).map(name => `AmazonSQS.${name}`);

/** SQS with `queues`, by the last part of their URLs. Only local mode sends messages to them. */
export function sqsService(queues: Readonly<Record<string, Queue>>): AwsService {
  return ({ headers, body }) => {
    const target = String(headers['x-amz-target']).replace('AmazonSQS.', '');
    const input = readJson(body);
    const url = z.object({ QueueUrl: z.string() }).safeParse(input).data?.QueueUrl ?? '';
    const name = url.slice(url.lastIndexOf('/') + 1);
    const queue = Object.hasOwn(queues, name) ? queues[name] : undefined;
    if (queue === undefined)
      return jsonError(400, 'com.amazonaws.sqs#QueueDoesNotExist', 'The specified queue does not exist.');
    const run = Object.hasOwn(operations, target) ? operations[target] : undefined;
    const answer = run?.(queue, input);
    if (answer === undefined)
      return jsonError(
        400,
        'com.amazonaws.sqs#InvalidParameterValue',
        `invalid or unsupported request: ${target}`,
      );
    return json(200, answer);
  };
}

/** Makes an operation that parses its input and returns undefined when the input is invalid. */
function operation<S extends z.ZodType>(
  schema: S,
  run: (queue: Queue, input: z.output<S>) => object | undefined,
): Operation {
  return (queue, input) => {
    const parsed = schema.safeParse(input);
    return parsed.success ? run(queue, parsed.data) : undefined;
  };
}
