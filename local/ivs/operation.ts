import { z } from 'zod';
import type { Envelope } from '../eventBus/envelope.ts';
import { IvsError } from './errors.ts';
import type { ResourceLimits } from './limits.ts';
import type { RoomAttachments, RoomEvent } from './roomState.ts';
import type { IvsState } from './state.ts';

/** What an operation may use. */
export interface IvsContext {
  readonly state: IvsState;
  readonly account: string;
  readonly region: string;
  readonly limits: ResourceLimits;
  readonly now: () => Date;
  /** Hands over an EventBridge envelope that follows from what was done. */
  readonly emit: (envelope: Envelope) => void;
  /** Stops a stream: it ends a little later. */
  readonly stopStream: (channelArn: string, streamId: string) => void;
  /** Notes what viewers of a channel were sent. */
  readonly deliver: (to: string, what: object) => void;
  /** Hands over what the people in a chat room are to see. */
  readonly tellRoom: (event: RoomEvent) => void;
  /** What seeded chat rooms have; undefined where, as at AWS, there are no seeded rooms and stages. */
  readonly seededRoom: RoomAttachments | undefined;
}

/** One operation of a control plane: takes the request body, gives the body of a 200, or nothing, which is a 204. */
export type IvsOperation = (context: IvsContext, input: unknown) => object | undefined;

/** Operations by their names in the API. */
export type IvsOperations = Readonly<Record<string, IvsOperation>>;

/** An operation whose input is checked as the API's own patterns have it, and refused as IVS refuses it. */
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

/** What a channel, a room or a stage is called. Names are not unique. */
export const resourceName = z
  .string()
  .max(128)
  .regex(/^[a-zA-Z0-9-_]*$/);

export const messageId = z.string().regex(/^[a-zA-Z0-9]{12}$/, 'must be the id of a message');

const KILOBYTE = 1024;

/** What a token carries about its user: a kilobyte in all. */
export const attributes = z
  .record(z.string(), z.string())
  .refine(
    given => Buffer.byteLength(Object.entries(given).flat().join('')) <= KILOBYTE,
    'must be 1 KB at most',
  );

function arn(service: string, type: string, what: string) {
  const pattern = new RegExp(`^arn:aws:${service}:[a-z0-9-]+:[0-9]+:${type}/[a-zA-Z0-9-]+$`);
  return z.string().max(128).regex(pattern, `must be the ARN of ${what}`);
}
