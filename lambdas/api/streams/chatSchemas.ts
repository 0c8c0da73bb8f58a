import { z } from '@hono/zod-openapi';
import { listSchema } from '../http/lists.ts';

const time = z.iso.datetime().openapi({ example: '2026-01-15T20:00:00.000Z' });

/** A message of a stream's chat, as it is replayed. */
export const chatMessageSchema = z
  .object({
    id: z.string().openapi({ example: 'WhO6MW6iRdS5' }),
    sentAt: time,
    offsetMs: z.int().openapi({
      description:
        "When to show it: milliseconds from the start of the stream's recording or, without one, of the stream. " +
        'Below 0 for what was sent before the recording began. A recording that went on over reconnects has nothing ' +
        'of the interruptions, and neither do its offsets.',
      example: 61_250,
    }),
    isDeleted: z.boolean(),
    content: z.string().nullable().openapi({
      description: 'As it was delivered, after review. Null once it was deleted.',
      example: 'hello!',
    }),
    attributes: z
      .record(z.string(), z.string())
      .nullable()
      .openapi({
        description:
          "What the sender's client sent along with the content, after review. Null once the message was deleted.",
        example: { replyTo: 'AhB7cD9eF1gH' },
      }),
    sender: z
      .object({
        userId: z.string(),
        username: z.string().nullable().openapi({ description: 'As it was when the message was sent.' }),
      })
      .openapi('ChatSender'),
  })
  .openapi('ChatMessage');
export type ChatMessageBody = z.infer<typeof chatMessageSchema>;

export const chatMessagesSchema = listSchema('ChatMessages', chatMessageSchema);

const offsetMessage = 'must be a whole number of milliseconds, of at most 9 digits';

/** Where in the stream a replay begins. */
export const fromMs = z
  .string(offsetMessage)
  // Number() alone would take '1e1', '0x10' and ' 7'. Nine digits are eleven days; a stream lasts two at most.
  .regex(/^\d{1,9}$/, { error: offsetMessage, abort: true })
  .transform(Number)
  .optional()
  .openapi({
    description:
      'The first page begins with the first message of this `offsetMs` or later; without it, with the first of all. ' +
      'Of no account when there is a `cursor`.',
    type: 'integer',
    minimum: 0,
    maximum: 999_999_999,
  });

/** An event of a stream's timeline. */
export const streamEventSchema = z
  .object({
    id: z.string().openapi({ example: '01234567-0123-0123-0123-012345678901' }),
    time,
    name: z.string().openapi({
      description: 'What happened, in the words of IVS; of a limit that was breached, which.',
      example: 'Session Created',
    }),
    detailType: z.string().openapi({ example: 'IVS Stream State Change' }),
    detail: z
      .object({
        reason: z.string().optional().openapi({ description: 'Why it failed, in the words of IVS.' }),
        code: z.string().optional().openapi({ example: 'MultitrackInputNotAllowed' }),
        limitValue: z.number().optional(),
        exceededBy: z.number().optional(),
        limitUnit: z.string().optional().openapi({ example: 'bits per second' }),
        recordingDurationMs: z.number().optional(),
        recordingStreamIds: z
          .array(z.string())
          .optional()
          .openapi({ description: 'The streams that IVS recorded as one, the first one first.' }),
      })
      .openapi('StreamEventDetail', {
        description: 'What more IVS told of it: none of these where the name says all.',
      }),
  })
  .openapi('StreamEvent');
export type StreamEventBody = z.infer<typeof streamEventSchema>;

export const streamEventsSchema = listSchema('StreamEvents', streamEventSchema);
