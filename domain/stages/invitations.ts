import type { Stage, StageInvitation } from '../../model/stage.ts';

/** IVS allows 12 publishers on a stage, including the host. */
export const MAX_INVITATIONS = 11;

// IVS ends a publication after this time, even if the tables received no event.
const MAX_PUBLISHING_MS = 24 * 3_600_000;

// A token with less time left may expire while the player starts.
const MIN_REMAINING_MS = 60_000;

const msLeft = ({ expiresAt }: StageInvitation, now: Date) => Date.parse(expiresAt) - now.getTime();

/** Returns whether the invitation's token may be returned: it is valid for at least one more minute. */
export function isUsable(invitation: StageInvitation, now: Date): boolean {
  return msLeft(invitation, now) >= MIN_REMAINING_MS;
}

/**
 * Returns the invitations that use a place on the stage. A publishing guest keeps the place after the token
 * has expired, because IVS counts publishers. If IVS's event about a guest's departure is lost, the place
 * becomes free after one day.
 */
export function placesTaken(
  { invitations = [], publishedParticipants }: Pick<Stage, 'invitations' | 'publishedParticipants'>,
  now: Date,
): readonly StageInvitation[] {
  return invitations.filter(invitation => {
    const left = msLeft(invitation, now);
    return (
      left > 0 || (left > -MAX_PUBLISHING_MS && publishedParticipants.includes(invitation.participantId))
    );
  });
}
