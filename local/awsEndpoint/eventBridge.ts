import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import { type Envelope, MAX_EVENT_BYTES } from '../eventBus/envelope.ts';
import { type AwsReply, type AwsService, json, jsonError, readJson } from './http.ts';

export interface EventBridgeOptions {
  readonly account: string;
  readonly region: string;
  readonly now: () => Date;
  /** Accepts an event, which is delivered after the answer, as on AWS. */
  readonly accept: (event: Envelope) => void;
}

const MAX_ENTRIES = 10;

const entry = z.object({
  Source: z.string().min(1).optional(),
  DetailType: z.string().min(1).optional(),
  Detail: z.string().optional(),
  Resources: z.array(z.string()).default([]),
  /** Seconds since 1970. */
  Time: z.number().optional(),
  EventBusName: z.string().optional(),
});
type Entry = z.output<typeof entry>;

const request = z.object({ Entries: z.array(entry).min(1).max(MAX_ENTRIES) });

/** EventBridge `PutEvents` on the default bus. Unlike AWS, it accepts events of `aws.` sources like IVS. */
export function putEvents(options: EventBridgeOptions): AwsService {
  return ({ body }): AwsReply => {
    const input = request.safeParse(readJson(body));
    if (!input.success) {
      const [issue] = input.error.issues;
      return jsonError(400, 'ValidationException', `${issue?.path.join('.') || 'body'}: ${issue?.message}`);
    }
    if (Buffer.byteLength(body) > MAX_EVENT_BYTES) {
      const text = 'Total size of the entries in the request is over the limit.';
      return jsonError(400, 'ValidationException', text);
    }
    const results = input.data.Entries.map(candidate => {
      const event = toEnvelope(candidate, options);
      if ('ErrorCode' in event) return event;
      options.accept(event);
      return { EventId: event.id };
    });
    const FailedEntryCount = results.filter(result => 'ErrorCode' in result).length;
    return json(200, { FailedEntryCount, Entries: results });
  };
}

interface EntryError {
  readonly ErrorCode: string;
  readonly ErrorMessage: string;
}

function toEnvelope(input: Entry, { account, region, now }: EventBridgeOptions): Envelope | EntryError {
  const { Source, DetailType, EventBusName } = input;
  if (Source === undefined)
    return invalid('Parameter Source is not valid. Reason: Source is a required argument.');
  if (DetailType === undefined) {
    return invalid('Parameter DetailType is not valid. Reason: DetailType is a required argument.');
  }
  if (EventBusName !== undefined && !/(^|\/)default$/.test(EventBusName)) {
    return {
      ErrorCode: 'ResourceNotFoundException',
      ErrorMessage: `Event bus ${EventBusName} does not exist.`,
    };
  }
  const detail = z.record(z.string(), z.unknown()).safeParse(readJson(input.Detail ?? '[]'));
  if (!detail.success) return { ErrorCode: 'MalformedDetail', ErrorMessage: 'Detail is malformed.' };
  const time = input.Time === undefined ? now() : new Date(input.Time * 1000);
  return {
    version: '0',
    id: randomUUID(),
    'detail-type': DetailType,
    source: Source,
    account,
    // EventBridge's times are whole seconds.
    time: `${time.toISOString().slice(0, 19)}Z`,
    region,
    resources: input.Resources,
    detail: detail.data,
  };
}

function invalid(ErrorMessage: string): EntryError {
  return { ErrorCode: 'InvalidArgument', ErrorMessage };
}
