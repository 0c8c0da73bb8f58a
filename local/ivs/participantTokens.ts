import { z } from 'zod';
import { randomId } from './ids.ts';
import { attributes, type IvsContext } from './operation.ts';

const DEFAULT_MINUTES = 720;
const MINUTE_MS = 60_000;

/** The members of a token request. `duration` is in minutes, up to 14 days. */
export const tokenRequest = {
  duration: z.number().int().min(1).max(20_160).default(DEFAULT_MINUTES),
  userId: z.string().max(128).default(''),
  attributes: attributes.default({}),
  capabilities: z
    .array(z.enum(['PUBLISH', 'SUBSCRIBE']))
    .max(2)
    .default(['PUBLISH', 'SUBSCRIBE']),
};

/** Creates a token for a new participant. */
export function issueToken(
  { state, now }: Pick<IvsContext, 'state' | 'now'>,
  stageArn: string,
  request: z.output<z.ZodObject<typeof tokenRequest>>,
) {
  const participantId = randomId(12);
  state.putInvitation(stageArn, participantId, request.userId);
  return {
    participantId,
    // The content is random, because clients must not read a token: its format can change (API reference).
    token: `${randomId(100)}.${randomId(300)}.${randomId(100)}`,
    ...request,
    expirationTime: new Date(now().getTime() + request.duration * MINUTE_MS).toISOString(),
  };
}
