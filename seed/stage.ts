import { MOCK_ID_PREFIX } from '../model/row.ts';
import type { StageInvitation, StageParticipant, StageToken } from '../model/stage.ts';
import { addMs, type Timestamp } from '../model/time.ts';
import { type Identity, identityOf } from './identity.ts';
import type { Random } from './random.ts';
import type { SeedPlan } from './seedPlan.ts';
import type { Session } from './session.ts';

/** Who is on a stage and who may come: parts of the stage's row, and the rows that go with them. */
export interface StageState {
  readonly invitations: readonly StageInvitation[];
  readonly tokens: readonly StageToken[];
  readonly participants: readonly StageParticipant[];
}

const INVITING_SHARE = 0.4;
const LIVE_SHARE = 0.3;
const MOST_GUESTS = 3;
/** A session is at least this long, so the stage came after its start. */
const SINCE_MS = 60_000;
/** As long as a participant token of IVS can be good. */
const TOKEN_DAYS = 14;
const DAY_MS = 86_400_000;

/**
 * Some stages have guests; some of those of channels that are live are live themselves, with the host and the guests on
 * them. The guests are the owners of the channels that come after it. IVS knows none of the tokens: nobody can join.
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

/** As the fold leaves a participant whose one event is Participant Published. */
function participantOf(stageId: string, id: string, at: Timestamp): StageParticipant {
  return { stageId, id, at, published: true, version: 1, createdAt: at, updatedAt: at };
}

const participantIdOf = ({ set }: SeedPlan, index: number, nth: number) =>
  `${MOCK_ID_PREFIX}participant-${set}-${index}-${nth}`;
