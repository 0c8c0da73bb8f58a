import { z } from '@hono/zod-openapi';
import type { SignedIn } from '../../../domain/accounts/sessions.ts';
import { givenPassword } from '../../../model/password.ts';
import { describable } from '../http/describable.ts';

const userSchema = z
  .object({
    id: z.string(),
    username: z.string().openapi({ example: 'ann' }),
    channelId: z.string(),
    createdAt: z.iso.datetime(),
  })
  .openapi('User');

/** What a client gets when it signs up, signs in or refreshes. */
export const signedInSchema = z
  .object({
    user: userSchema,
    accessToken: z.string().openapi({
      description: 'A JSON Web Token to send as `Authorization: Bearer …`. What is in it may change.',
    }),
    refreshToken: z.string().openapi({
      description:
        'For one refresh, within 30 days. It can be repeated for 30 seconds; used again later, it ends the sign-in.',
    }),
    deviceToken: z.string().openapi({
      description:
        'Keep it on the device, also after signing out, and send it with the next sign-in: the device is let through ' +
        'when guesses of others lock the account. It gives access to nothing. Take the newest one.',
    }),
    expiresIn: z.int().openapi({ description: 'Seconds for which the access token is good.', example: 900 }),
  })
  .openapi('SignedIn');
export type SignedInBody = z.infer<typeof signedInSchema>;

/** A name and a password that are compared with what there is: whatever is wrong with them, they are just wrong. */
export const credentialsSchema = z
  .strictObject({
    username: z.string().min(1, 'must not be empty').max(64, 'is too long').openapi({ example: 'ann' }),
    password: describable(givenPassword).openapi({
      type: 'string',
      format: 'password',
      minLength: 1,
      maxLength: 512,
    }),
    deviceToken: z
      .string()
      .max(1024, 'is too long')
      .optional()
      .openapi({ description: 'Of the last sign-in on this device. One that is not good is ignored.' }),
  })
  .openapi('Credentials');

export const refreshSchema = z
  .strictObject({ refreshToken: z.string().min(1, 'must not be empty').max(512, 'is too long') })
  .openapi('Refresh');

export const stepUpSchema = z
  .strictObject({
    currentPassword: describable(givenPassword).openapi({
      type: 'string',
      format: 'password',
      minLength: 1,
      maxLength: 512,
    }),
  })
  .openapi('StepUp');

export const provedSchema = z
  .object({ until: z.iso.datetime().openapi({ description: 'Until when the proof is good.' }) })
  .openapi('Proved');

export function shapeSignedIn({
  user,
  accessToken,
  refreshToken,
  deviceToken,
  expiresIn,
}: SignedIn): SignedInBody {
  const { id, username, channelId, createdAt } = user;
  return { user: { id, username, channelId, createdAt }, accessToken, refreshToken, deviceToken, expiresIn };
}
