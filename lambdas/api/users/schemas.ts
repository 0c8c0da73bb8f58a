import { z } from '@hono/zod-openapi';
import { givenPassword, password } from '../../../model/password.ts';
import { username } from '../../../model/username.ts';
import { describable } from '../http/describable.ts';

const usernameField = describable(username).openapi({
  description: 'Unique whatever its case. Some names are reserved.',
  example: 'ann',
});
// Its length counts after it has been brought into one form, which a schema cannot say.
const passwordField = describable(password).openapi({
  type: 'string',
  format: 'password',
  description: '8 to 128 characters.',
});

/** A new user. */
export const newUserSchema = z
  .strictObject({ username: usernameField, password: passwordField })
  .openapi('NewUser');

/** What a user wants to be different about themselves. */
export const userChangeSchema = z
  .strictObject({
    username: usernameField.optional(),
    password: passwordField.optional(),
    currentPassword: describable(givenPassword)
      .openapi({ type: 'string', format: 'password', minLength: 1, maxLength: 512 })
      .optional(),
  })
  .refine(({ password, currentPassword }) => password === undefined || currentPassword !== undefined, {
    path: ['currentPassword'],
    message: 'must be given with a new password',
  })
  .refine(
    ({ username, password, currentPassword }) =>
      currentPassword === undefined || username !== undefined || password !== undefined,
    { path: ['currentPassword'], message: 'must be given with what is to change' },
  )
  .openapi('UserChange');

const resource = z.object({ id: z.string(), arn: z.string() });

/** A user's own profile, with the IVS resources that are theirs. Never a stream key. */
export const profileSchema = z
  .object({
    id: z.string(),
    username: z.string().openapi({ example: 'ann' }),
    createdAt: z.iso.datetime(),
    channel: resource
      .extend({
        title: z.string().openapi({ example: 'Late night guitar' }),
        categoryId: z.string().nullable().openapi({ example: 'music' }),
        isLive: z.boolean(),
        isPartner: z.boolean(),
        followerCount: z.int().min(0),
        playbackUrl: z.string(),
      })
      .openapi('OwnChannelSummary'),
    chatRoom: resource
      .extend({
        endpoint: z.string().openapi({ description: 'The WebSocket that chat clients connect to.' }),
      })
      .openapi('OwnChatRoom'),
    stage: resource.openapi('OwnStage'),
  })
  .openapi('Profile');
export type ProfileBody = z.infer<typeof profileSchema>;
