import * as z from './zod.ts';

// The events that the stack sends to chat rooms with `SendEvent` of IVS Chat. `docs/events.md` is generated
// from this file. All attributes of a chat event are text, so each schema reads text (its input) and returns
// typed values (its output).

const described = (text: string) => z.string().check(z.describe(text));

const flag = z
  .codec(z.enum(['true', 'false']), z.boolean(), {
    decode: text => text === 'true',
    encode: value => (value ? ('true' as const) : ('false' as const)),
  })
  .check(z.describe('`true` or `false`.'));

const count = (text: string) =>
  z
    .codec(z.string().check(z.regex(/^\d{1,15}$/)), z.int(), { decode: Number, encode: String })
    .check(z.describe(text));

/** What every announcement has, so that a client can drop repeats and old states. */
const announced = {
  id: described('The same for every repeat of this state, and different for every other state.'),
  version: count(
    'Grows with each change of the resource, except of `viewers`. A state with a lower version than one already ' +
      'received is old.',
  ),
  at: described('When this version was stored, as ISO 8601 in UTC.'),
};

/** The public state of a channel, as of `version`. */
export const channelState = z.object({
  ...announced,
  channelId: z.string(),
  isLive: flag,
  title: described('The title. A title that does not fit is cut and ends with `…`.'),
  categoryId: z.optional(described('Absent if the channel has no category.')),
  streamId: z.optional(described('The current stream. Absent while the channel is offline.')),
  startedAt: z.optional(described('When that stream started, as ISO 8601 in UTC.')),
  viewers: z.optional(
    count('The number of viewers. Absent while the channel is offline, and before the first viewer came.'),
  ),
  viewersAt: z.optional(
    described(
      'The minute in which `viewers` was stored, as ISO 8601 in UTC. Of two states with the same version, the one with ' +
        'the later minute is newer.',
    ),
  ),
});
export type ChannelState = z.output<typeof channelState>;

/** The public state of a stage, as of `version`. */
export const stageState = z.object({
  ...announced,
  stageId: z.string(),
  isLive: flag,
  requestsVersion: z.optional(
    count('Grows with each change of the requests to come on the stage. Absent if nobody has asked so far.'),
  ),
});
export type StageState = z.output<typeof stageState>;

const guest = z.object({
  userId: described('The guest.'),
  username: described("The guest's name at the time of the invitation."),
  expiresAt: described('When the invitation expires, as ISO 8601 in UTC.'),
});

/** Every event by its name, with the occasion on which it is sent and the schema of its attributes. */
export const roomEvents = {
  'stream:live': {
    when: 'The channel went live, or a new stream replaced the current one.',
    schema: channelState,
  },
  'stream:offline': { when: 'The channel went offline.', schema: channelState },
  'stream:updated': { when: "The channel's title or category changed.", schema: channelState },
  'stream:viewers': {
    when:
      'The number of viewers changed by at least 10 %, or by less within five minutes. Sent at most once a minute. A number ' +
      'is left out while IVS accepts no more events.',
    schema: channelState,
  },
  'stage:live': {
    when: "The first participant of the owner's stage started to publish.",
    schema: stageState,
  },
  'stage:offline': {
    when: "The last participant of the owner's stage stopped publishing.",
    schema: stageState,
  },
  'stage:requests': {
    when: 'The requests to come on the stage changed. The host, and users who have asked, read them again.',
    schema: stageState,
  },
  'stage:invitation': { when: 'The owner invited a guest to the stage.', schema: guest },
  'stage:invitation-withdrawn': {
    when: 'The owner withdrew an invitation, or disconnected the guest, or the guest left.',
    schema: guest,
  },
} as const;
export type RoomEventName = keyof typeof roomEvents;

/**
 * The limit of IVS Chat is 1 KB for all attributes of an event. It is not documented whether names and
 * separators count, so the JSON text of the attributes has to fit.
 * https://docs.aws.amazon.com/ivs/latest/ChatAPIReference/API_SendEvent.html
 */
const MAX_BYTES = 1024;

/** Returns the attributes of an announcement as text. A title that does not fit into 1 KB is cut. */
export function attributesOf(state: ChannelState | StageState): Record<string, string> {
  if (!('title' in state)) return present(z.encode(stageState, state));
  const attributes = present(z.encode(channelState, state));
  const rest = size({ ...attributes, title: '' });
  return { ...attributes, title: cut(state.title, MAX_BYTES - rest) };
}

const present = (attributes: Readonly<Record<string, string | undefined>>): Record<string, string> =>
  Object.fromEntries(
    Object.entries(attributes).flatMap(([name, text]) => (text === undefined ? [] : [[name, text]])),
  );

const size = (value: unknown) => new TextEncoder().encode(JSON.stringify(value)).length;
const sizeInside = (text: string) => size(text) - 2;

/** Cuts `text` between two characters as users see them. The result with `…` has at most `bytes` bytes. */
function cut(text: string, bytes: number): string {
  if (sizeInside(text) <= bytes) return text;
  let left = bytes - sizeInside('…');
  let kept = '';
  for (const { segment } of new Intl.Segmenter('und').segment(text)) {
    left -= sizeInside(segment);
    if (left < 0) break;
    kept += segment;
  }
  return `${kept}…`;
}
