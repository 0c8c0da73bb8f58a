import { databaseFrom } from '../store/database.ts';
import { type EventOutcome, eventHandler } from './handleEvent.ts';
import { lambdaPorts } from './lambda.ts';

/**
 * Called by the EventBridge rule with one event of IVS at a time, at least once each and in no order.
 *
 * What can never be handled is logged and dropped. Anything else that goes wrong is thrown: the event is then
 * delivered again, and in the end kept in the dead-letter queue.
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
