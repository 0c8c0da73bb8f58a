import type { Stage, StageInvitation } from '../../model/stage.ts';

/** IVS lets 12 participants publish on a stage; one of them is the host. */
export const MAX_INVITATIONS = 11;

// IVS ends what is published for longer than this, whatever the tables have heard of it.
const LONGEST_PUBLISHING_MS = 24 * 3_600_000;

// A token with less to go may end while the player is still starting up with it.
const SHORTEST_USE_MS = 60_000;

const msLeft = ({ expiresAt }: StageInvitation, now: Date) => Date.parse(expiresAt) - now.getTime();

/** Whether the invitation's token may be handed out: it has a minute left at least. */
export function isGood(invitation: StageInvitation, now: Date): boolean {
  return msLeft(invitation, now) >= SHORTEST_USE_MS;
}

/**
 * The invitations that take one of the stage's places. A guest who publishes keeps the place when the token has ended,
 * for IVS counts who publishes. Should IVS's event that a guest has left be lost, the place is free a day later.
 */
export function placesTaken(
  { invitations = [], publishedParticipants }: Pick<Stage, 'invitations' | 'publishedParticipants'>,
  now: Date,
): readonly StageInvitation[] {
  return invitations.filter(invitation => {
    const left = msLeft(invitation, now);
    return (
      left > 0 || (left > -LONGEST_PUBLISHING_MS && publishedParticipants.includes(invitation.participantId))
    );
  });
}
