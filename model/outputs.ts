import { type TableName, tableNames } from './tables.ts';

/** Keys of the stack's CloudFormation outputs. The commands find a stack's resources by them. */
export const outputKeys = {
  apiUrl: 'ApiUrl',
  region: 'Region',
  /** The WebSocket URL of chat. */
  chatEndpoint: 'ChatEndpoint',
  /** The base URL of recordings. */
  recordingsUrl: 'RecordingsUrl',
  /** The ARN of the recording configuration of new channels. */
  recordingConfiguration: 'RecordingConfigurationArn',
  /** The dead-letter queues. */
  eventDeadLetters: 'EventDeadLettersUrl',
  chatDeadLetters: 'ChatDeadLettersUrl',
  announcementDeadLetters: 'AnnouncementDeadLettersUrl',
} as const;

/** The key of the output with the address of the web app, which is missing in a stack without the web app. */
export const WEB_APP_URL_KEY = 'WebAppUrl';

/** Returns the key of the output that names a table, such as `StreamEventsTableName`. */
export function tableOutputKey(name: TableName): string {
  return `${name.charAt(0).toUpperCase()}${name.slice(1)}TableName`;
}

export const allOutputKeys: readonly string[] = [
  ...Object.values(outputKeys),
  ...tableNames.map(tableOutputKey),
];
