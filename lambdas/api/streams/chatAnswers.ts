import { z } from '@hono/zod-openapi';
import { cardSchema } from '../http/cardSchema.ts';
import { listSchema, operation } from '../http/operation.ts';
import { listChatMessagesRoute, listStreamEventsRoute } from './chatRoutes.ts';

const time = z.iso.datetime().openapi({ example: '2026-01-15T20:00:00.000Z' });

/** A message in a chat replay. */
export const chatMessageSchema = z
  .object({
    id: z.string().openapi({ example: 'WhO6MW6iRdS5' }),
    sentAt: time,
    offsetMs: z.int().openapi({
      description:
        'When to show the message, in milliseconds from the start of the recording or, without a ' +
        'recording, from the start of the stream. The value is negative for messages that were sent ' +
        'before the recording began. If IVS merged a recording across reconnects, the recording leaves ' +
        'out the interruptions, and so do the offsets.',
      example: 61_250,
    }),
    isDeleted: z.boolean(),
    content: z.string().nullable().openapi({
      description: 'The text as it was delivered, after review. Null when the message was deleted.',
      example: 'hello!',
    }),
    attributes: z
      .record(z.string(), z.string())
      .nullable()
      .openapi({
        description:
          "The attributes that the sender's client sent with the text, after review. Null when the " +
          'message was deleted.',
        example: { replyTo: 'AhB7cD9eF1gH' },
      }),
    sender: z
      .object({
        userId: z.string(),
        username: z.string().nullable().openapi({ description: 'The username at the time of the message.' }),
        ...cardSchema,
      })
      .openapi('ChatSender'),
  })
  .openapi('ChatMessage');
export type ChatMessageBody = z.infer<typeof chatMessageSchema>;

const chatMessagesSchema = listSchema('ChatMessages', chatMessageSchema);

/** An event of a stream's timeline. */
export const streamEventSchema = z
  .object({
    id: z.string().openapi({ example: '01234567-0123-0123-0123-012345678901' }),
    time,
    name: z.string().openapi({
      description: 'The name that IVS gives the event. For an exceeded limit, the name of the limit.',
      example: 'Session Created',
    }),
    detailType: z.string().openapi({ example: 'IVS Stream State Change' }),
    detail: z
      .object({
        reason: z
          .string()
          .optional()
          .openapi({ description: 'The reason for the failure, as IVS reports it.' }),
        code: z.string().optional().openapi({ example: 'MultitrackInputNotAllowed' }),
        limitValue: z.number().optional(),
        exceededBy: z.number().optional(),
        limitUnit: z.string().optional().openapi({ example: 'bits per second' }),
        recordingDurationMs: z.number().optional(),
        recordingStreamIds: z
          .array(z.string())
          .optional()
          .openapi({ description: 'The ids of the streams that IVS merged into one recording, in order.' }),
      })
      .openapi('StreamEventDetail', {
        description: 'More data that IVS reported with the event. Empty when the name says everything.',
      }),
  })
  .openapi('StreamEvent');
export type StreamEventBody = z.infer<typeof streamEventSchema>;

const streamEventsSchema = listSchema('StreamEvents', streamEventSchema);

export const listChatMessagesOperation = operation(listChatMessagesRoute, {
  summary: 'Replay the chat of a stream',
  description:
    'Lists the messages that were sent to the chat room while the stream was open, oldest first, for ' +
    'replay next to the recording. A message appears about ten seconds after it was sent. A deleted ' +
    'message keeps its place in the list, without its content.',
  ok: { description: 'The messages, oldest first.', schema: chatMessagesSchema },
  problems: ['not-found', 'invalid-cursor', 'unavailable'],
});

export const listStreamEventsOperation = operation(listStreamEventsRoute, {
  summary: 'List the events of a stream',
  description:
    'Lists the events that IVS reported for one of your streams: its start and end, starvation, ' +
    'recording, and exceeded limits. A stream of another user returns a 403.',
  ok: { description: 'The events, oldest first.', schema: streamEventsSchema },
  problems: ['forbidden', 'not-found', 'invalid-cursor'],
});
