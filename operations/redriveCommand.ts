import { DynamoDBStreamsClient } from '@aws-sdk/client-dynamodb-streams';
import { IvschatClient } from '@aws-sdk/client-ivschat';
import { SQSClient } from '@aws-sdk/client-sqs';
import { oneTry } from '../ivs/clientSettings.ts';
import { targetStack } from '../model/localEndpoint.ts';
import { readFlag } from '../model/variables.ts';
import { documentClient } from '../store/database.ts';
import { describeStack } from '../store/stackOutputs.ts';
import { type Command, INTERRUPTED } from './command.ts';
import { sqsQueue } from './queue.ts';
import { announcements, chatBatches, streamEvents } from './redriveHandling.ts';
import { type RedriveReport, redriveQueue } from './redriveQueue.ts';

/**
 * `make redrive`: handles the dead letters of the stack in this process, with the operator's own permissions.
 *
 * The events cannot be sent to EventBridge again, because it rejects events whose source begins with `aws.`.
 * So this command runs the code of the functions against the stack's tables. Events, chat batches and
 * announcements can be handled late and more than once without a different result.
 *
 * @returns 0 when no dead letter is left, 1 otherwise, 130 when the command was interrupted
 */
export const redriveCommand: Command = async ({ environment, out, err, signal }) => {
  const dry = readFlag(environment, 'DRY');
  const stack = targetStack(environment);
  const { names, region, deadLetters } = await describeStack(stack);
  const database = { client: documentClient({ region }), names };
  // The URL of a local queue and the SDK's endpoint name the same host differently. The SDK would warn.
  const sqs = new SQSClient({ region, useQueueUrlAsEndpoint: false });
  const dynamoStreams = new DynamoDBStreamsClient({ region });
  const chat = new IvschatClient({ ...oneTry, region });
  const shared = { say: err, dry, signal };
  const queues = [
    { name: 'stream events', url: deadLetters.events, ...streamEvents(database, err) },
    { name: 'chat', url: deadLetters.chat, ...chatBatches(database) },
    {
      name: 'announcements',
      url: deadLetters.announcements,
      ...announcements({ database, streams: dynamoStreams, chat, say: err }),
    },
  ];
  try {
    let left = 0;
    for (const { name, url, ...handling } of queues) {
      if (signal.aborted) break;
      const report = await redriveQueue({ queue: sqsQueue(sqs, url), ...handling, ...shared });
      out(summary(name, report, dry));
      left += report.left + report.elsewhere;
    }
    if (signal.aborted) return INTERRUPTED;
    return left === 0 ? 0 : 1;
  } finally {
    for (const client of [sqs, dynamoStreams, chat]) client.destroy();
    database.client.destroy();
  }
};

function summary(name: string, { handled, left, elsewhere }: RedriveReport, dry: boolean): string {
  const results = Object.entries(handled).map(([result, count]) => `${count} ${result}`);
  const parts = [
    ...(results.length === 0 && left + elsewhere === 0 ? ['no dead letters'] : results),
    ...(left === 0 ? [] : [`${left} ${dry ? 'dead letters' : 'still in the queue'}`]),
    ...(elsewhere === 0
      ? []
      : [`${elsewhere} received by another command (they return to the queue within two minutes)`]),
  ];
  return `${name}: ${parts.join(', ')}`;
}
