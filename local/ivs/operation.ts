import { z } from 'zod';
import type { Envelope } from '../eventBus/envelope.ts';
import { IvsError } from './errors.ts';
import type { IvsState } from './state.ts';

/** What an operation may use. */
export interface IvsContext {
  readonly state: IvsState;
  readonly now: () => Date;
  /** Hands over an EventBridge envelope that follows from what was done. */
  readonly emit: (envelope: Envelope) => void;
}

/** One operation of a control plane: takes the request body, gives the body of a 200. */
export type IvsOperation = (context: IvsContext, input: unknown) => object;

/** An operation whose input is checked as the API's own patterns have it, and refused as IVS refuses it. */
export function operation<S extends z.ZodType>(
  schema: S,
  run: (context: IvsContext, input: z.output<S>) => object,
): IvsOperation {
  return (context, input) => {
    const parsed = schema.safeParse(input);
    if (parsed.success) return run(context, parsed.data);
    const [issue] = parsed.error.issues;
    throw new IvsError('ValidationException', `${issue?.path.join('.') || 'body'}: ${issue?.message}`);
  };
}

export const channelArn = z
  .string()
  .max(128)
  .regex(/^arn:aws:ivs:[a-z0-9-]+:[0-9]+:channel\/[a-zA-Z0-9-]+$/, 'must be the ARN of a channel');

export const streamId = z
  .string()
  .length(26)
  .regex(/^st-[a-zA-Z0-9]+$/, 'must be a stream id');
