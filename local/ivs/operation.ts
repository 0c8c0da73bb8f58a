import { z } from 'zod';
import type { Envelope } from '../eventBus/envelope.ts';
import { IvsError } from './errors.ts';
import type { ResourceLimits } from './limits.ts';
import type { RoomAttachments, RoomEvent } from './roomState.ts';
import type { IvsState } from './state.ts';

/** The dependencies of the operations. */
export interface IvsContext {
  readonly state: IvsState;
  readonly account: string;
  readonly region: string;
  readonly limits: ResourceLimits;
  readonly now: () => Date;
  /** Returns the URL from which viewers play a channel. */
  readonly playbackUrl: (channelArn: string) => string;
  /** Sends an EventBridge event that the operation causes. */
  readonly emit: (envelope: Envelope) => void;
  /** Stops a stream. It ends a little later. */
  readonly stopStream: (channelArn: string, streamId: string) => void;
  /** Records data that was sent to the viewers of a channel. */
  readonly deliver: (to: string, payload: object) => void;
  /** Sends an event to the clients in a chat room. */
  readonly sendToRoom: (event: RoomEvent) => void;
  /** The attachments of seeded chat rooms; undefined if seeded rooms and stages do not exist, as on AWS. */
  readonly seededRoom: RoomAttachments | undefined;
}

/** An operation of a control plane. Returns the response body, or undefined for a 204. */
export type IvsOperation = (context: IvsContext, input: unknown) => object | undefined;

/** Operations by their names in the API. */
export type IvsOperations = Readonly<Record<string, IvsOperation>>;

/** Makes an operation that validates its input with the patterns of the API. */
export function operation<S extends z.ZodType>(
  schema: S,
  run: (context: IvsContext, input: z.output<S>) => object | undefined,
): IvsOperation {
  return (context, input) => {
    const parsed = schema.safeParse(input);
    if (parsed.success) return run(context, parsed.data);
    const fieldList = parsed.error.issues.map(issue => ({
      name: issue.path.join('.') || 'body',
      message: issue.message,
    }));
    throw new IvsError('ValidationException', `${fieldList[0]?.name}: ${fieldList[0]?.message}`, {
      reason: 'FIELD_VALIDATION_FAILED',
      fieldList,
    });
  };
}

export const channelArn = arn('ivs', 'channel', 'a channel');
export const streamKeyArn = arn('ivs', 'stream-key', 'a stream key');
export const stageArn = arn('ivs', 'stage', 'a stage');
export const roomArn = arn('ivschat', 'room', 'a chat room');

export const streamId = z
  .string()
  .length(26)
  .regex(/^st-[a-zA-Z0-9]+$/, 'must be a stream id');

/** The name of a channel, room or stage. Names are not unique. */
export const resourceName = z
  .string()
  .max(128)
  .regex(/^[a-zA-Z0-9-_]*$/);

export const messageId = z.string().regex(/^[a-zA-Z0-9]{12}$/, 'must be the id of a message');

const KILOBYTE = 1024;

/** The attributes of a user in a token: at most one kilobyte in total. */
export const attributes = z
  .record(z.string(), z.string())
  .refine(
    given => Buffer.byteLength(Object.entries(given).flat().join('')) <= KILOBYTE,
    'must be 1 KB at most',
  );

function arn(service: string, type: string, name: string) {
  const pattern = new RegExp(`^arn:aws:${service}:[a-z0-9-]+:[0-9]+:${type}/[a-zA-Z0-9-]+$`);
  return z.string().max(128).regex(pattern, `must be the ARN of ${name}`);
}
