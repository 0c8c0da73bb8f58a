import { z } from 'zod';

/**
 * The structure of an event
 * (https://docs.aws.amazon.com/eventbridge/latest/ref/overiew-event-structure.html). The bus checks only the
 * members that every event has. The handler checks the rest.
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

/** The maximum size of a PutEvents request, and so of an event. */
export const MAX_EVENT_BYTES = 262_144;

/** Returns the name of an event for log lines, or its detail type if it has no name. */
export function eventName({ detail, 'detail-type': detailType }: Envelope): string {
  const names = [detail['event_name'], detail['recording_status'], detail['limit_name'], detail['limit']];
  return names.find(name => typeof name === 'string') ?? detailType;
}
