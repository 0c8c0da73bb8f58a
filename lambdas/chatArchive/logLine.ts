import { z } from 'zod';
import { timestamp } from '../../model/time.ts';
import type { ArchiveEntry } from '../../store/chatMessages.ts';

/** A line that should have been a message or a deletion and cannot be read as one. It never holds what the line says. */
export class PoisonLineError extends Error {
  override readonly name = 'PoisonLineError';
}

// IVS's ids have 12 characters. An id is a part of a key, which DynamoDB takes up to 1,024 bytes of.
const id = z.string().regex(/^[\x21-\x7e]{1,128}$/);
// A client can send half of a surrogate pair (`"\ud800"`), IVS delivers it, and DynamoDB refuses it. The archive keeps
// such a message with U+FFFD in its place, as a UTF-8 file would.
const text = z.string().transform(value => value.toWellFormed());
// A room takes 500 characters at most. Fifty of these fit into the 4 MB of one transaction, in any script.
const content = text.pipe(z.string().max(16_384));
const username = text.pipe(z.string().max(128));
// IVS takes 1 KB of attributes. A DynamoDB map has no member without a name.
const MAX_ATTRIBUTES_BYTES = 4_096;
const attributes = z
  .record(text, text)
  .transform(record => Object.fromEntries(Object.entries(record).filter(([name]) => name !== '')))
  .refine(record => Buffer.byteLength(JSON.stringify(record)) <= MAX_ATTRIBUTES_BYTES);

const line = z.object({ type: z.string() });

const message = z
  .object({
    payload: z.object({
      Id: id,
      Content: content,
      // A message is worth more than what its client added to it.
      Attributes: attributes.optional().catch(undefined),
      SendTime: timestamp,
      Sender: z.object({
        UserId: id,
        // Told by the token, and not needed to show a message.
        Attributes: z
          .object({ username: username.optional().catch(undefined) })
          .optional()
          .catch(undefined),
      }),
    }),
  })
  .transform(({ payload: { Id, Content, Attributes, SendTime, Sender } }): ArchiveEntry => {
    const sender = { userId: Sender.UserId, username: Sender.Attributes?.username };
    const sent = { content: Content, attributes: Attributes, sender };
    return { kind: 'message', messageId: Id, sentAt: SendTime, ...sent };
  });

const event = z.object({ payload: z.object({ EventName: z.string() }) });

// IVS Chat names the message `MessageId`, and named it `MessageID` before.
const deleted = z
  .object({ MessageId: id.nullish(), MessageID: id.nullish() })
  .transform(({ MessageId, MessageID }) => ({ MessageId: MessageId ?? MessageID }))
  .pipe(z.object({ MessageId: id }));

const deletion = z
  .object({ payload: z.object({ Attributes: deleted, SendTime: timestamp }) })
  .transform(({ payload: { Attributes, SendTime } }): ArchiveEntry => {
    return { kind: 'deletion', messageId: Attributes.MessageId, deletedAt: SendTime };
  });

/**
 * Reads one line of a room's log. Times, which IVS writes in nanoseconds, are cut to milliseconds.
 *
 * @returns undefined for what is neither a message nor a deletion: events of the app's own, disconnections, and kinds
 *   that are not known yet.
 * @throws PoisonLineError
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
    // The parser's own message quotes the line.
    throw new PoisonLineError('not JSON');
  }
}

function read<T>(schema: z.ZodType<T>, json: unknown): T {
  const result = schema.safeParse(json);
  if (result.success) return result.data;
  throw new PoisonLineError(result.error.issues[0]?.path.join('.') ?? 'not of the expected form');
}
