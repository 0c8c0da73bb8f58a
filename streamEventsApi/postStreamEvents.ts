import { databaseFrom } from '../store/database.ts';
import { type EventOutcome, eventHandler } from './handleEvent.ts';
import { lambdaPorts } from './lambda.ts';

/**
 * Called by the EventBridge rule with one IVS event at a time. Each event arrives at least once, in any
 * order.
 *
 * An event that can never be handled is logged and dropped. All other failures are thrown: EventBridge
 * delivers the event again and finally moves it to the dead-letter queue.
 */
const ports = lambdaPorts();
const database = databaseFrom(process.env, [
  'channels',
  'streams',
  'streamEvents',
  'stages',
  'stageParticipants',
  'rateLimits',
]);
const handle = eventHandler({ ...ports, database });

export const handler = (event: unknown): Promise<EventOutcome> => ports.invocation(() => handle(event));
