import { CloudFormationClient, DescribeStacksCommand, type Stack } from '@aws-sdk/client-cloudformation';
import { allOutputKeys, outputKeys, tableOutputKey, WEB_APP_URL_KEY } from '../model/outputs.ts';
import { type TableName, tableNames } from '../model/tables.ts';
import { awsFailure } from './failures.ts';

/** The URLs of the dead-letter queues. */
export interface DeadLetterQueues {
  readonly events: string;
  readonly chat: string;
  readonly announcements: string;
}

/** The description of a deployed or local stack that the commands use. */
export interface StackDescription {
  /** The physical name of every table. */
  readonly names: Record<TableName, string>;
  /** The address of the web app. Undefined in a stack without the web app. */
  readonly webAppUrl: string | undefined;
  readonly apiUrl: string;
  readonly region: string;
  /** The WebSocket URL of chat. */
  readonly chatEndpoint: string;
  /** The base URL of recordings. */
  readonly recordingsUrl: string;
  /** The ARN of the recording configuration of new channels. */
  readonly recordingConfigurationArn: string;
  /** The URLs of the dead-letter queues. */
  readonly deadLetters: DeadLetterQueues;
}

/** The stack cannot be used. `message` is one line for the user of the command. */
export class StackError extends Error {
  override readonly name: string = 'StackError';
}

export class StackNotFoundError extends StackError {
  override readonly name = 'StackNotFoundError';
}

/** The stack is being created or deleted, or is not a stack of this project. */
class StackNotReadyError extends StackError {
  override readonly name = 'StackNotReadyError';
}

/** CloudFormation did not return a description of the stack: no answer, credentials, Region or permission. */
class StackUnreachableError extends StackError {
  override readonly name = 'StackUnreachableError';
}

/**
 * Reads a stack's resources from its CloudFormation outputs.
 *
 * @throws StackNotFoundError when the stack does not exist.
 * @throws StackNotReadyError when the stack is being created or deleted, or lacks outputs.
 * @throws StackUnreachableError when CloudFormation cannot be asked.
 */
export async function describeStack(stackName: string): Promise<StackDescription> {
  return readStack(stackName, await findStack(stackName));
}

async function findStack(stackName: string): Promise<Stack> {
  // Without this timeout, a network that drops packets would delay the failure by minutes.
  const client = new CloudFormationClient({ requestHandler: { connectionTimeout: 5_000 } });
  try {
    const answer = await client.send(new DescribeStacksCommand({ StackName: stackName }));
    const [stack] = answer.Stacks ?? [];
    if (stack === undefined) throw notFound(stackName);
    return stack;
  } catch (error) {
    if (!(error instanceof Error) || error instanceof StackError) throw error;
    if (error.name === 'ValidationError' && error.message.includes('does not exist')) {
      throw notFound(stackName, error);
    }
    const reason = awsFailure(error);
    if (reason === undefined) throw error;
    throw new StackUnreachableError(`cannot look up the stack ${stackName}: ${reason}`, { cause: error });
  } finally {
    client.destroy();
  }
}

function notFound(stackName: string, cause?: unknown): StackNotFoundError {
  const where = process.env['AWS_REGION'] ? ` in ${process.env['AWS_REGION']}` : '';
  return new StackNotFoundError(
    `there is no stack ${stackName}${where}: run make deploy, or set LOCAL=1 for the stack of make local`,
    { cause },
  );
}

function readStack(stackName: string, stack: Stack): StackDescription {
  const outputs = new Map(stack.Outputs?.map(output => [output.OutputKey, output.OutputValue]));
  const missing = allOutputKeys.filter(key => !outputs.get(key));
  // A stack that is being deleted still has its outputs.
  if (missing.length > 0 || stack.StackStatus?.startsWith('DELETE')) {
    const lacks = missing.length === 0 ? '' : ` and has no output ${missing.join(', ')}`;
    throw new StackNotReadyError(`the stack ${stackName} is ${stack.StackStatus}${lacks}`);
  }
  const output = (key: string) => outputs.get(key) ?? '';
  return {
    names: Object.fromEntries(
      tableNames.map(name => [name, output(tableOutputKey(name))] as const),
    ) as Record<TableName, string>,
    webAppUrl: outputs.get(WEB_APP_URL_KEY),
    apiUrl: output(outputKeys.apiUrl),
    region: output(outputKeys.region),
    chatEndpoint: output(outputKeys.chatEndpoint),
    recordingsUrl: output(outputKeys.recordingsUrl),
    recordingConfigurationArn: output(outputKeys.recordingConfiguration),
    deadLetters: {
      events: output(outputKeys.eventDeadLetters),
      chat: output(outputKeys.chatDeadLetters),
      announcements: output(outputKeys.announcementDeadLetters),
    },
  };
}
