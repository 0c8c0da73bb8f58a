import { SQSClient } from '@aws-sdk/client-sqs';
import { targetStack } from '../model/localEndpoint.ts';
import { readFlag } from '../model/variables.ts';
import { documentClient } from '../store/database.ts';
import { describeStack } from '../store/stackOutputs.ts';
import { type Command, INTERRUPTED } from './command.ts';
import { sqsQueue } from './queue.ts';
import { chatBatches, streamEvents } from './redriveHandling.ts';
import { type RedriveReport, redriveQueue } from './redriveQueue.ts';

/**
 * `make redrive`: handles the dead letters of the stack, here and with the caller's own permissions.
 *
 * They cannot be sent the way they came: EventBridge takes no event from anybody whose source begins with `aws.`. So
 * the functions' own code is run on them, against the stack's tables. An event may be handled at any time and any
 * number of times, and so may a batch of chat.
 *
 * @returns 0 when no dead letter is left, else 1
 */
export const redriveCommand: Command = async ({ environment, out, err, signal }) => {
  const dry = readFlag(environment, 'DRY');
  const stack = targetStack(environment);
  const { names, region, deadLetters } = await describeStack(stack);
  const database = { client: documentClient({ region }), names };
  // A local queue's URL has another name for the same host, and the SDK would warn of that.
  const sqs = new SQSClient({ region, useQueueUrlAsEndpoint: false });
  const shared = { say: err, dry, signal };
  const queues = [
    { name: 'stream events', url: deadLetters.events, ...streamEvents(database, err) },
    { name: 'chat', url: deadLetters.chat, ...chatBatches(database) },
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
    sqs.destroy();
    database.client.destroy();
  }
};

function summary(name: string, { handled, left, elsewhere }: RedriveReport, dry: boolean): string {
  const results = Object.entries(handled).map(([result, count]) => `${count} ${result}`);
  const parts = [
    ...(results.length === 0 && left + elsewhere === 0 ? ['no dead letters'] : results),
    ...(left === 0 ? [] : [`${left} ${dry ? 'dead letters' : 'left'}`]),
    ...(elsewhere === 0
      ? []
      : [`${elsewhere} in use by another command, or in the queue again within two minutes`]),
  ];
  return `${name}: ${parts.join(', ')}`;
}
