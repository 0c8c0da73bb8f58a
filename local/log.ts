import { inspect } from 'node:util';
import type { AwsRequest } from './awsEndpoint/http.ts';
import type { LogDeadLetter } from './chat/chatLog.ts';
import { eventName } from './eventBus/envelope.ts';
import type { DeadLetter } from './eventBus/eventBus.ts';
import type { FailedChanges } from './tableStreams.ts';

/** Writes one line to the terminal. */
export type WriteLine = (line: string) => void;

type Fields = Readonly<Record<string, unknown>>;

/** The logger of the handlers in local mode. It writes readable lines instead of JSON. */
export interface LineLogger {
  info(message: string, fields: Fields): void;
  warn(message: string, fields: Fields): void;
  error(message: string, fields: Fields): void;
}

export function lineLogger(write: WriteLine): LineLogger {
  return {
    info: (message, fields) => write(message === 'request' ? requestLine(fields) : line(message, fields)),
    warn: (message, fields) => write(`warning: ${line(message, fields)}`),
    error: (message, fields) => write(`ERROR: ${line(message, fields)}`),
  };
}

/** Prefixes each line with the time of day. */
export function timed(write: WriteLine, now: () => Date = () => new Date()): WriteLine {
  return text => write(`${now().toTimeString().slice(0, 8)} ${text}`);
}

function requestLine({ method, path, status, durationMs }: Fields): string {
  return `${method} ${path} ${status} ${durationMs} ms`;
}

function line(message: string, fields: Fields): string {
  const words = Object.entries(fields).map(([name, value]) => `${name}=${text(value)}`);
  return [message, ...words].join(' ');
}

function text(value: unknown): string {
  // Only a stack trace may use more than one line.
  if (value instanceof Error) return inspect(value);
  return typeof value === 'string' ? value : JSON.stringify(value);
}

/** Formats a request to the AWS endpoint. Status 0 means that the connection was closed without an answer. */
export function awsRequestLine({ method, url, headers, body }: AwsRequest, status: number): string {
  const target = headers['x-amz-target'];
  const action = /(?:^|&)Action=(\w+)/.exec(body)?.[1];
  const name = typeof target === 'string' ? target : (action ?? `${method} ${url.pathname}`);
  return `aws ${name} ${status === 0 ? 'cut off' : status}`;
}

/** Formats chat log lines that could not be archived. */
export function deadChatLine({ logStream, lines, reason, attempts }: LogDeadLetter): string {
  return `DEAD LETTER: ${lines} lines of ${logStream} failed ${attempts} times: ${reason}`;
}

/** Formats a change that could not be announced. */
export function deadChangesLine({ streamArn, startSequenceNumber, reason, attempts }: FailedChanges): string {
  return `DEAD LETTER: the change ${startSequenceNumber} of ${streamArn} failed ${attempts} times: ${reason}`;
}

/** Formats an event that became a dead letter. The prefix makes the line easy to find. */
export function deadLetterLine({ event, reason, attempts }: DeadLetter): string {
  return `DEAD LETTER: event ${event.id} (${eventName(event)}) failed ${attempts} times: ${reason}`;
}
