import { z } from '@hono/zod-openapi';

const participantId = z
  .string()
  .openapi({ description: "IVS's id of them on the stage.", example: 'e4Q1rZ8mTnKc' });

const guest = z
  .object({
    userId: z.string(),
    username: z
      .string()
      .openapi({ description: 'As they were called when they were invited.', example: 'bob' }),
  })
  .openapi('StageGuest');

/** A stage as everybody sees it. */
export const stageSchema = z
  .object({
    username: z.string().openapi({ description: "The host's.", example: 'ann' }),
    isLive: z.boolean().openapi({ description: 'Whether somebody publishes on it.' }),
    publishers: z
      .array(
        z
          .object({
            participantId,
            guest: guest.nullable().openapi({
              description:
                'The guest it is. Null for the host, and for a guest whose invitation has ended just now.',
            }),
          })
          .openapi('StagePublisher'),
      )
      .openapi({ description: 'Whose camera or microphone is on the stage: 12 at most.' }),
  })
  .openapi('Stage');
export type StageBody = z.infer<typeof stageSchema>;

export const stageTokenSchema = z
  .object({
    token: z
      .string()
      .openapi({ description: 'What the IVS broadcast SDK joins the stage with. Keep it secret.' }),
    participantId,
    expiresAt: z.iso.datetime().openapi({
      description: 'Until when it can be used to join. Whoever has joined stays.',
      example: '2026-01-15T20:15:00.000Z',
    }),
    capabilities: z
      .array(z.enum(['PUBLISH', 'SUBSCRIBE']))
      .openapi({ description: 'What it allows: to be on the stage, to watch it.' }),
  })
  .openapi('StageToken');
export type StageTokenBody = z.infer<typeof stageTokenSchema>;

// An invitation, without its token.
const invitation = {
  guest,
  participantId,
  invitedAt: z.iso.datetime(),
  expiresAt: z.iso.datetime().openapi({ description: 'When the guest can no longer come with it.' }),
};

export const stageInvitationSchema = z.object(invitation).openapi('StageInvitation');
export type StageInvitationBody = z.infer<typeof stageInvitationSchema>;

const listedInvitation = z
  .object({
    ...invitation,
    isPublishing: z.boolean().openapi({ description: 'Whether the guest is on the stage now.' }),
  })
  .openapi('ListedStageInvitation');

export const stageInvitationsSchema = z
  .object({ items: z.array(listedInvitation) })
  .openapi('StageInvitations');
