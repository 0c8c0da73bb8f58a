import { z } from '@hono/zod-openapi';

const participantId = z
  .string()
  .openapi({ description: 'The IVS id of the participant.', example: 'e4Q1rZ8mTnKc' });

const guest = z
  .object({
    userId: z.string(),
    username: z
      .string()
      .openapi({ description: 'The username at the time of the invitation.', example: 'bob' }),
  })
  .openapi('StageGuest');

/** The public state of a stage. */
export const stageSchema = z
  .object({
    username: z.string().openapi({ description: 'The username of the host.', example: 'ann' }),
    isLive: z.boolean().openapi({ description: 'Whether any participant publishes on the stage.' }),
    publishers: z
      .array(
        z
          .object({
            participantId,
            guest: guest.nullable().openapi({
              description: 'The guest. Null for the host, and for a guest whose invitation has just ended.',
            }),
          })
          .openapi('StagePublisher'),
      )
      .openapi({ description: 'The participants who publish video or audio, at most 12.' }),
  })
  .openapi('Stage');
export type StageBody = z.infer<typeof stageSchema>;

export const stageTokenSchema = z
  .object({
    token: z.string().openapi({ description: 'The token for the IVS broadcast SDK. Keep it secret.' }),
    participantId,
    expiresAt: z.iso.datetime().openapi({
      description:
        'The time until which the token can be used to join. A participant who has joined can stay longer.',
      example: '2026-01-15T20:15:00.000Z',
    }),
    capabilities: z.array(z.enum(['PUBLISH', 'SUBSCRIBE'])).openapi({
      description:
        'The actions that the token allows: `PUBLISH` sends video and audio to the stage, `SUBSCRIBE` ' +
        'watches it.',
    }),
  })
  .openapi('StageToken');
export type StageTokenBody = z.infer<typeof stageTokenSchema>;

// An invitation, without its token.
const invitation = {
  guest,
  participantId,
  invitedAt: z.iso.datetime(),
  expiresAt: z.iso
    .datetime()
    .openapi({ description: 'The time until which the guest can join with the invitation.' }),
};

export const stageInvitationSchema = z.object(invitation).openapi('StageInvitation');
export type StageInvitationBody = z.infer<typeof stageInvitationSchema>;

const listedInvitation = z
  .object({
    ...invitation,
    isPublishing: z.boolean().openapi({ description: 'Whether the guest publishes on the stage now.' }),
  })
  .openapi('ListedStageInvitation');

export const stageInvitationsSchema = z
  .object({ items: z.array(listedInvitation) })
  .openapi('StageInvitations');
