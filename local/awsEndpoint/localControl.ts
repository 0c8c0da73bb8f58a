import { z } from 'zod';
import type { EventOutcome } from '../../streamEventsApi/handleEvent.ts';
import type { LocalDeadLetters } from '../deadLetters.ts';
import { type Envelope, envelope, MAX_EVENT_BYTES } from '../eventBus/envelope.ts';
import type { Delivery } from '../eventBus/eventBus.ts';
import { fault } from '../ivs/faults.ts';
import type { IvsSimulator } from '../ivs/simulator.ts';
import { type AwsReply, type AwsRequest, type AwsService, json, readJson } from './http.ts';
import type { Mailbox } from './mailbox.ts';

/** The result of an event that was posted to `/_local/events`. */
export type LocalOutcome = Delivery<EventOutcome> | { readonly result: 'undelivered' };

export interface LocalControlOptions {
  readonly mailbox: Mailbox;
  readonly ivs: IvsSimulator;
  readonly deadLetters: LocalDeadLetters;
  /** Receives an event of IVS. With `deliver` false, the event happened but IVS never sent it. */
  readonly receive: (event: Envelope, deliver: boolean) => Promise<LocalOutcome>;
}

/** The routes under `/_local`, for which AWS has no operation. Every answer except the mailbox is JSON. */
export function localControl(options: LocalControlOptions): AwsService {
  const routes: Readonly<Record<string, (request: AwsRequest) => Promise<AwsReply> | AwsReply>> = {
    'POST /_local/events': request => postEvents(options, request),
    'GET /_local/dead-letters': () =>
      json(200, {
        deadLetters: options.deadLetters.events(),
        chat: options.deadLetters.chat(),
        announcements: options.deadLetters.announcements(),
      }),
    'GET /_local/mailbox': () => options.mailbox.page(),
    'GET /_local/mails': () => json(200, { mails: options.mailbox.mails() }),
    'GET /_local/calls': () => json(200, { ivs: options.ivs.calls() }),
    'GET /_local/faults': () => json(200, { faults: options.ivs.faults.pending() }),
    'POST /_local/faults': request => postFaults(options.ivs, request),
    'DELETE /_local/faults': () => {
      options.ivs.faults.clear();
      return json(200, { faults: [] });
    },
  };
  return request => {
    const route = routes[`${request.method} ${request.url.pathname}`];
    if (route !== undefined) return route(request);
    return json(404, { message: `no such route; the routes are ${Object.keys(routes).join(', ')}` });
  };
}

/**
 * Receives one event envelope or a list of them, one after another. Answers 200 when all have been handled,
 * or 502 when all attempts to handle one of them failed.
 */
async function postEvents({ receive }: LocalControlOptions, request: AwsRequest): Promise<AwsReply> {
  const body = readList(envelope, request.body);
  if ('message' in body) return json(400, body);
  const tooLarge = body.members.find(event => Buffer.byteLength(JSON.stringify(event)) > MAX_EVENT_BYTES);
  if (tooLarge !== undefined)
    return json(400, { message: `event ${tooLarge.id} is larger than ${MAX_EVENT_BYTES} bytes` });
  const deliver = request.url.searchParams.get('deliver') !== 'false';
  const results = [];
  for (const event of body.members) results.push({ id: event.id, ...(await receive(event, deliver)) });
  const failed = results.filter(({ result }) => result === 'failed').length;
  return failed === 0
    ? json(200, { results })
    : json(502, {
        message: `${failed} of ${results.length} events failed: see GET /_local/dead-letters`,
        results,
      });
}

function postFaults(ivs: IvsSimulator, request: AwsRequest): AwsReply {
  const body = readList(fault, request.body);
  if ('message' in body) return json(400, body);
  const unknown = body.members.find(({ operation }) => !ivs.knows(operation));
  if (unknown !== undefined) return json(400, { message: `unknown operation ${unknown.operation}` });
  for (const one of body.members) ivs.faults.add(one);
  return json(200, { faults: ivs.faults.pending() });
}

/** Parses one item or a list of them. For an invalid body, returns a message with the place of the error. */
function readList<T>(schema: z.ZodType<T>, body: string): { members: T[] } | { message: string } {
  const value = readJson(body);
  if (value === undefined) return { message: 'the body is not JSON' };
  const isList = Array.isArray(value);
  const parsed = z.array(schema).safeParse(isList ? value : [value]);
  if (parsed.success) return { members: parsed.data };
  const [issue] = parsed.error.issues;
  const [index, ...path] = issue?.path ?? [];
  const place = [...(isList ? [`[${String(index)}]`] : []), ...path.map(String)].join('.');
  return { message: `${place || 'body'}: ${issue?.message}` };
}
