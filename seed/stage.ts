import { MOCK_ID_PREFIX } from '../model/row.ts';
import type { StageInvitation, StageParticipant, StageToken } from '../model/stage.ts';
import { addMs, type Timestamp } from '../model/time.ts';
import { type Identity, identityOf } from './identity.ts';
import type { Random } from './random.ts';
import type { SeedPlan } from './seedPlan.ts';
import type { Session } from './session.ts';

/** The participants and invited guests of a stage, with their tokens. */
export interface StageState {
  readonly invitations: readonly StageInvitation[];
  readonly tokens: readonly StageToken[];
  readonly participants: readonly StageParticipant[];
}

const INVITING_SHARE = 0.4;
const LIVE_SHARE = 0.3;
const MOST_GUESTS = 3;
/** A session is at least this long, so the stage became live after the session started. */
const SINCE_MS = 60_000;
/** The maximum validity of an IVS participant token. */
const TOKEN_DAYS = 14;
const DAY_MS = 86_400_000;

/**
 * Returns the state of a stage. Some stages have invited guests: the owners of the next channels. Some stages
 * of live channels are live, with the host and the guests as participants. The tokens are not valid at IVS.
 */
export function stageStateOf(
  plan: SeedPlan,
  index: number,
  who: Identity,
  session: Session,
  random: Random,
): StageState {
  const wanted = random.datatype.boolean(INVITING_SHARE)
    ? random.number.int({ min: 1, max: MOST_GUESTS })
    : 0;
  const isLive = random.datatype.boolean(LIVE_SHARE) && session.endedAt === undefined;
  const guests = Array.from({ length: Math.min(wanted, plan.count - 1) }, (_, nth) => {
    const { userId, username } = identityOf(plan, (index + 1 + nth) % plan.count);
    return { userId, username, participantId: participantIdOf(plan, index, nth + 1) };
  });
  const { stageId } = who;
  const invitedAt = addMs(plan.now, -SINCE_MS);
  const expiresAt = addMs(invitedAt, TOKEN_DAYS * DAY_MS);
  const onStage = isLive
    ? [participantIdOf(plan, index, 0), ...guests.map(guest => guest.participantId)]
    : [];
  return {
    invitations: guests.map(guest => ({ ...guest, invitedAt, expiresAt })),
    tokens: guests.map(({ userId, participantId }) => ({
      stageId,
      participantId,
      userId,
      token: `${MOCK_ID_PREFIX}token-of-${participantId}`,
      expiresAt: Math.floor(Date.parse(expiresAt) / 1000),
      createdAt: invitedAt,
      updatedAt: invitedAt,
    })),
    participants: onStage.map(id => participantOf(stageId, id, invitedAt)),
  };
}

/** Returns the row that the fold writes after a single Participant Published event. */
function participantOf(stageId: string, id: string, at: Timestamp): StageParticipant {
  return { stageId, id, at, published: true, version: 1, createdAt: at, updatedAt: at };
}

const participantIdOf = ({ set }: SeedPlan, index: number, nth: number) =>
  `${MOCK_ID_PREFIX}participant-${set}-${index}-${nth}`;
