import { inspect } from 'node:util';
import type { AwsRequest } from './awsEndpoint/exchange.ts';
import type { LogDeadLetter } from './chat/chatLog.ts';
import { eventName } from './eventBus/envelope.ts';
import type { DeadLetter } from './eventBus/eventBus.ts';

/** Takes one line for whoever watches the terminal. */
export type WriteLine = (line: string) => void;

type Fields = Readonly<Record<string, unknown>>;

/** The handlers' logger, told in lines for people instead of JSON. */
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

/** Puts the time of day before each line. */
export function timed(write: WriteLine, now: () => Date = () => new Date()): WriteLine {
  return text => write(`${now().toTimeString().slice(0, 8)} ${text}`);
}

function requestLine({ method, path, status, durationMs }: Fields): string {
  return `${method} ${path} ${status} ${durationMs} ms`;
}

function line(message: string, fields: Fields): string {
  const told = Object.entries(fields).map(([name, value]) => `${name}=${text(value)}`);
  return [message, ...told].join(' ');
}

function text(value: unknown): string {
  // A stack is worth its lines; anything else stays on one.
  if (value instanceof Error) return inspect(value);
  return typeof value === 'string' ? value : JSON.stringify(value);
}

/** A request to the AWS endpoint. Status 0 is a connection that was cut. */
export function awsRequestLine({ method, url, headers, body }: AwsRequest, status: number): string {
  const target = headers['x-amz-target'];
  const action = /(?:^|&)Action=(\w+)/.exec(body)?.[1];
  const name = typeof target === 'string' ? target : (action ?? `${method} ${url.pathname}`);
  return `aws ${name} ${status === 0 ? 'cut off' : status}`;
}

/** Lines of a chat log that are not in the archive, as loud as an event that is lost. */
export function deadChatLine({ logStream, lines, reason, attempts }: LogDeadLetter): string {
  return `DEAD LETTER: ${lines} lines of ${logStream} failed ${attempts} times: ${reason}`;
}

/** An event that is in the dead letters: the one line not to be missed. */
export function deadLetterLine({ event, reason, attempts }: DeadLetter): string {
  return `DEAD LETTER: event ${event.id} (${eventName(event)}) failed ${attempts} times: ${reason}`;
}
