import { stackNameOf } from '../model/variables.ts';
import { type BroadcastEventName, broadcastEventNames } from './broadcastPlan.ts';

export interface BroadcastSettings {
  readonly username: string;
  /** The factor by which a broadcast is played faster than real time. Undefined plays it in ten seconds. */
  readonly speed: number | undefined;
  /** The length of a broadcast that begins now and is played in real time. It takes the place of `speed`. */
  readonly minutes: number | undefined;
  /** The number of viewers. */
  readonly viewers: number;
  /** Events that happen but that the simulated IVS does not send. */
  readonly lost: ReadonlySet<BroadcastEventName>;
  readonly stackName: string;
}

const DEFAULT_VIEWERS = 20;
const MAX_MINUTES = 720;
/** All viewers have one IP address, and the API accepts 300 viewers per minute from one address. */
const MAX_VIEWERS = 250;

/** An error that the user of the command can fix. `message` is one line. */
export class BroadcastError extends Error {
  override readonly name = 'BroadcastError';
}

/**
 * Reads `CHANNEL`, `SPEED`, `MINUTES`, `VIEWERS`, `LOSE` (a comma list of events), `STACK` and `STAGE`.
 * @throws BroadcastError that names the variable.
 */
export function readBroadcastSettings(environment: NodeJS.ProcessEnv): BroadcastSettings {
  const username = environment['CHANNEL'];
  if (!username) {
    throw new BroadcastError(
      'CHANNEL must name the user whose channel goes live: make broadcast CHANNEL=<username>',
    );
  }
  const speed = environment['SPEED'] ? Number(environment['SPEED']) : undefined;
  if (speed !== undefined && !(speed > 0)) {
    throw new BroadcastError(`SPEED must be a number above 0 (got ${JSON.stringify(environment['SPEED'])})`);
  }
  const minutes = environment['MINUTES'] ? Number(environment['MINUTES']) : undefined;
  if (minutes !== undefined && !(minutes >= 1 && minutes <= MAX_MINUTES)) {
    const given = JSON.stringify(environment['MINUTES']);
    throw new BroadcastError(`MINUTES must be a number from 1 to ${MAX_MINUTES} (got ${given})`);
  }
  if (minutes !== undefined && speed !== undefined) {
    throw new BroadcastError('MINUTES and SPEED cannot be used together: MINUTES plays in real time');
  }
  const viewers = environment['VIEWERS'] ? Number(environment['VIEWERS']) : DEFAULT_VIEWERS;
  if (!Number.isInteger(viewers) || viewers < 0 || viewers > MAX_VIEWERS) {
    const given = JSON.stringify(environment['VIEWERS']);
    throw new BroadcastError(`VIEWERS must be a whole number from 0 to ${MAX_VIEWERS} (got ${given})`);
  }
  const names = (environment['LOSE'] ?? '').split(',').map(name => name.trim());
  return {
    username,
    speed,
    minutes,
    viewers,
    lost: new Set(names.filter(name => name !== '').map(eventNamed)),
    stackName: stackNameOf(environment),
  };
}

function eventNamed(text: string): BroadcastEventName {
  const found = broadcastEventNames.find(name => name.toLowerCase() === text.toLowerCase());
  if (found === undefined) {
    throw new BroadcastError(
      `LOSE must be a comma-separated list of ${broadcastEventNames.join(', ')} (got ${JSON.stringify(text)})`,
    );
  }
  return found;
}
