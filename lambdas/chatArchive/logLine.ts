import { timestamp } from '../../model/time.ts';
import * as z from '../../model/zod.ts';
import type { ArchiveEntry } from '../../store/chatMessages.ts';

/**
 * Thrown for a line that should be a message or a deletion but cannot be parsed. The error never contains the
 * text of the line.
 */
export class PoisonLineError extends Error {
  override readonly name = 'PoisonLineError';
}

// IVS's ids have 12 characters. An id is part of a key, which DynamoDB limits to 1,024 bytes.
const id = z.string().check(z.regex(/^[\x21-\x7e]{1,128}$/));
// A client can send a lone surrogate (`"\ud800"`): IVS delivers it, and DynamoDB rejects it. The archive
// replaces it with U+FFFD, as a UTF-8 encoder does.
const text = z.pipe(
  z.string(),
  z.transform(value => value.toWellFormed()),
);
// A room accepts at most 500 characters. Fifty messages of this size fit into the 4 MB of one transaction, in
// any script.
const content = z.pipe(text, z.string().check(z.maxLength(16_384)));
const username = z.pipe(text, z.string().check(z.maxLength(128)));
// IVS accepts 1 KB of attributes in a token.
const shown = z.catch(z.optional(z.pipe(text, z.string().check(z.maxLength(1_024)))), undefined);
// IVS accepts 1 KB of attributes. A DynamoDB map has no member with an empty name.
const MAX_ATTRIBUTES_BYTES = 4_096;
const attributes = z
  .pipe(
    z.record(text, text),
    z.transform(record => Object.fromEntries(Object.entries(record).filter(([name]) => name !== ''))),
  )
  .check(z.refine(record => Buffer.byteLength(JSON.stringify(record)) <= MAX_ATTRIBUTES_BYTES));

const line = z.object({ type: z.string() });

const message = z.pipe(
  z.object({
    payload: z.object({
      Id: id,
      Content: content,
      // Attributes that are not valid are dropped, and the message is kept.
      Attributes: z.catch(z.optional(attributes), undefined),
      SendTime: timestamp,
      Sender: z.object({
        UserId: id,
        // The name and the profile come from the chat token. A message can be shown without them.
        Attributes: z.catch(
          z.optional(
            z.object({
              username: z.catch(z.optional(username), undefined),
              displayName: shown,
              color: shown,
              avatarUrl: shown,
            }),
          ),
          undefined,
        ),
      }),
    }),
  }),
  z.transform(({ payload: { Id, Content, Attributes, SendTime, Sender } }): ArchiveEntry => {
    const sender = { userId: Sender.UserId, ...Sender.Attributes };
    const sent = { content: Content, attributes: Attributes, sender };
    return { kind: 'message', messageId: Id, sentAt: SendTime, ...sent };
  }),
);

const event = z.object({ payload: z.object({ EventName: z.string() }) });

// IVS Chat names this field `MessageId`; earlier it was `MessageID`.
const deleted = z.pipe(
  z.pipe(
    z.object({ MessageId: z.nullish(id), MessageID: z.nullish(id) }),
    z.transform(({ MessageId, MessageID }) => ({ MessageId: MessageId ?? MessageID })),
  ),
  z.object({ MessageId: id }),
);

const deletion = z.pipe(
  z.object({ payload: z.object({ Attributes: deleted, SendTime: timestamp }) }),
  z.transform(({ payload: { Attributes, SendTime } }): ArchiveEntry => {
    return { kind: 'deletion', messageId: Attributes.MessageId, deletedAt: SendTime };
  }),
);

/**
 * Parses one line of a room's log. IVS writes times in nanoseconds; they are truncated to milliseconds.
 *
 * @returns The entry, or undefined for a line that is neither a message nor a deletion: the app's own events,
 *   disconnections, and unknown kinds.
 * @throws PoisonLineError when the line cannot be parsed.
 */
export function parseLogLine(text: string): ArchiveEntry | undefined {
  const json = parseJson(text);
  const { type } = read(line, json);
  if (type === 'MESSAGE') return read(message, json);
  if (type !== 'EVENT') return undefined;
  return read(event, json).payload.EventName === 'aws:DELETE_MESSAGE' ? read(deletion, json) : undefined;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // The parser's own error message quotes the line.
    throw new PoisonLineError('not JSON');
  }
}

function read<T>(schema: z.ZodMiniType<T>, json: unknown): T {
  const result = schema.safeParse(json);
  if (result.success) return result.data;
  throw new PoisonLineError(result.error.issues[0]?.path.join('.') ?? 'not of the expected form');
}
