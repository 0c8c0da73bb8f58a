import { z } from '@hono/zod-openapi';
import { password, passwordToVerify } from '../../../model/password.ts';
import { username } from '../../../model/username.ts';
import { withOpenApi } from '../http/withOpenApi.ts';

const usernameField = withOpenApi(username).openapi({
  description: 'Unique without regard to case. Some names are reserved.',
  example: 'ann',
});
// The length is checked after Unicode normalization, which a JSON schema cannot express.
const passwordField = withOpenApi(password).openapi({
  type: 'string',
  format: 'password',
  description: '8 to 128 characters.',
});

/** The request body of `createUser`. */
export const newUserSchema = z
  .strictObject({ username: usernameField, password: passwordField })
  .openapi('NewUser');

/** The request body of `updateMe`. */
export const userChangeSchema = z
  .strictObject({
    username: usernameField.optional(),
    password: passwordField.optional(),
    currentPassword: withOpenApi(passwordToVerify)
      .openapi({ type: 'string', format: 'password', minLength: 1, maxLength: 512 })
      .optional(),
  })
  .refine(({ password, currentPassword }) => password === undefined || currentPassword !== undefined, {
    path: ['currentPassword'],
    message: 'is required to set a new password',
  })
  .refine(
    ({ username, password, currentPassword }) =>
      currentPassword === undefined || username !== undefined || password !== undefined,
    { path: ['currentPassword'], message: 'is only allowed together with a new username or password' },
  )
  .openapi('UserChange');

const resource = z.object({ id: z.string(), arn: z.string() });

/** The user's own profile, with the user's IVS resources. It never contains the stream key. */
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
        endpoint: z.string().openapi({ description: 'The WebSocket URL that chat clients connect to.' }),
      })
      .openapi('OwnChatRoom'),
    stage: resource.openapi('OwnStage'),
  })
  .openapi('Profile');
export type ProfileBody = z.infer<typeof profileSchema>;
