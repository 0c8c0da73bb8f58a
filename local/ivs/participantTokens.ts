import { z } from 'zod';
import { randomId } from './ids.ts';
import { attributes, type IvsContext } from './operation.ts';

const DEFAULT_MINUTES = 720;
const MINUTE_MS = 60_000;

/** What a token is asked for with. `duration` is in minutes, up to 14 days. */
export const tokenRequest = {
  duration: z.number().int().min(1).max(20_160).default(DEFAULT_MINUTES),
  userId: z.string().max(128).default(''),
  attributes: attributes.default({}),
  capabilities: z
    .array(z.enum(['PUBLISH', 'SUBSCRIBE']))
    .max(2)
    .default(['PUBLISH', 'SUBSCRIBE']),
};

/** Makes a token for a participant of its own: one token, one participant. */
export function issueToken(
  { state, now }: Pick<IvsContext, 'state' | 'now'>,
  stageArn: string,
  request: z.output<z.ZodObject<typeof tokenRequest>>,
) {
  const participantId = randomId(12);
  state.putInvitation(stageArn, participantId, request.userId);
  return {
    participantId,
    // Opaque: the API says that its form may change.
    token: `${randomId(100)}.${randomId(300)}.${randomId(100)}`,
    ...request,
    expirationTime: new Date(now().getTime() + request.duration * MINUTE_MS).toISOString(),
  };
}
