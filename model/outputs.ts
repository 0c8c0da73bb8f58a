import { type TableName, tableNames } from './tables.ts';

/** Keys of the stack's CloudFormation outputs: what the scripts find a stack's resources by. */
export const outputKeys = {
  apiUrl: 'ApiUrl',
  region: 'Region',
  /** The WebSocket URL of chat. */
  chatEndpoint: 'ChatEndpoint',
  /** Where recordings are served. */
  recordingsUrl: 'RecordingsUrl',
  /** The ARN of what new channels record by. */
  recordingConfiguration: 'RecordingConfigurationArn',
  /** The queues of what could not be handled. */
  eventDeadLetters: 'EventDeadLettersUrl',
  chatDeadLetters: 'ChatDeadLettersUrl',
} as const;

/** The output that names a table, as `StreamEventsTableName`. */
export function tableOutputKey(name: TableName): string {
  return `${name.charAt(0).toUpperCase()}${name.slice(1)}TableName`;
}

export const allOutputKeys: readonly string[] = [
  ...Object.values(outputKeys),
  ...tableNames.map(tableOutputKey),
];
