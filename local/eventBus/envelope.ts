import { z } from 'zod';

/**
 * What every event on a bus has
 * (https://docs.aws.amazon.com/eventbridge/latest/ref/overiew-event-structure.html). Only what the bus needs is
 * checked: what an event means is its handler's business.
 */
export const envelope = z.looseObject({
  id: z.string().min(1),
  'detail-type': z.string().min(1),
  source: z.string().min(1),
  time: z.iso.datetime({ offset: true }),
  resources: z.array(z.string()).default([]),
  detail: z.record(z.string(), z.unknown()),
});
export type Envelope = z.output<typeof envelope>;

/** EventBridge takes no more in one request (PutEvents), which is more than any event can have. */
export const MAX_EVENT_BYTES = 262_144;

/** What an event is called in a log line: its own name if it has one, else its kind. */
export function eventName({ detail, 'detail-type': detailType }: Envelope): string {
  const names = [detail['event_name'], detail['recording_status'], detail['limit_name'], detail['limit']];
  return names.find(name => typeof name === 'string') ?? detailType;
}
