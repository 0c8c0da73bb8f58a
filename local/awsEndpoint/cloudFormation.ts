import { outputKeys, tableOutputKey } from '../../model/outputs.ts';
import { type TableName, tableNames } from '../../model/tables.ts';
import type { DeadLetterQueues } from '../../store/stackOutputs.ts';
import type { AwsReply } from './http.ts';
import { queryError, queryResult } from './query.ts';

/** The local stack, as CloudFormation would describe it. */
export interface LocalStackDescription {
  readonly stackName: string;
  readonly account: string;
  readonly region: string;
  readonly createdAt: string;
  readonly apiUrl: string;
  /** The WebSocket URL of chat. */
  readonly chatEndpoint: string;
  /** The URL of the recordings in local mode, which are placeholders. */
  readonly recordingsUrl: string;
  readonly recordingConfigurationArn: string;
  /** The URLs of the dead-letter queues. */
  readonly deadLetters: DeadLetterQueues;
  readonly names: Readonly<Record<TableName, string>>;
}

const NAMESPACE = 'http://cloudformation.amazonaws.com/doc/2010-05-15/';

/** CloudFormation `DescribeStacks`. Finds the local stack by its name or its id. */
export function describeStacks(stack: LocalStackDescription, form: URLSearchParams): AwsReply {
  const { stackName, account, region } = stack;
  const id = `arn:aws:cloudformation:${region}:${account}:stack/${stackName}/00000000-0000-4000-8000-000000000000`;
  const wanted = form.get('StackName') ?? stackName;
  if (wanted !== stackName && wanted !== id) {
    return queryError(400, 'ValidationError', `Stack with id ${wanted} does not exist`);
  }
  const outputs: [string, string][] = [
    [outputKeys.apiUrl, stack.apiUrl],
    [outputKeys.region, region],
    [outputKeys.chatEndpoint, stack.chatEndpoint],
    [outputKeys.recordingsUrl, stack.recordingsUrl],
    [outputKeys.recordingConfiguration, stack.recordingConfigurationArn],
    [outputKeys.eventDeadLetters, stack.deadLetters.events],
    [outputKeys.chatDeadLetters, stack.deadLetters.chat],
    [outputKeys.announcementDeadLetters, stack.deadLetters.announcements],
    ...tableNames.map((name): [string, string] => [tableOutputKey(name), stack.names[name]]),
  ];
  return queryResult(NAMESPACE, 'DescribeStacks', {
    Stacks: [
      {
        StackId: id,
        StackName: stackName,
        CreationTime: stack.createdAt,
        StackStatus: 'CREATE_COMPLETE',
        DisableRollback: 'false',
        Outputs: outputs.map(([OutputKey, OutputValue]) => ({ OutputKey, OutputValue })),
      },
    ],
  });
}
