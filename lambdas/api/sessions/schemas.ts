import { z } from '@hono/zod-openapi';
import type { SignedIn } from '../../../domain/accounts/sessions.ts';
import { passwordToVerify } from '../../../model/password.ts';
import { withOpenApi } from '../http/withOpenApi.ts';

const userSchema = z
  .object({
    id: z.string(),
    username: z.string().openapi({ example: 'ann' }),
    channelId: z.string(),
    createdAt: z.iso.datetime(),
  })
  .openapi('User');

/** The response to a sign-up, a sign-in or a refresh. */
export const signedInSchema = z
  .object({
    user: userSchema,
    accessToken: z.string().openapi({
      description:
        'A JSON Web Token. Send it as `Authorization: Bearer <token>`. Do not parse it: its contents may ' +
        'change.',
    }),
    refreshToken: z.string().openapi({
      description:
        'Valid for one refresh, within 30 days. The same refresh can be repeated for 30 seconds. Later ' +
        'use ends the sign-in.',
    }),
    deviceToken: z.string().openapi({
      description:
        'Store it on the device, also after signing out, and send it with the next sign-in. It allows ' +
        'this device to sign in while the account is locked by wrong passwords from other devices. It ' +
        'grants no access. Replace it with the one from the newest response.',
    }),
    expiresIn: z.int().openapi({ description: 'The lifetime of the access token in seconds.', example: 900 }),
  })
  .openapi('SignedIn');
export type SignedInBody = z.infer<typeof signedInSchema>;

/**
 * The request body of `createSession`. It accepts values that no account can have: they are wrong
 * credentials, not invalid values.
 */
export const credentialsSchema = z
  .strictObject({
    username: z.string().min(1, 'must not be empty').max(64, 'is too long').openapi({ example: 'ann' }),
    password: withOpenApi(passwordToVerify).openapi({
      type: 'string',
      format: 'password',
      minLength: 1,
      maxLength: 512,
    }),
    deviceToken: z.string().max(1024, 'is too long').optional().openapi({
      description: 'The `deviceToken` of the last sign-in on this device. An invalid one is ignored.',
    }),
  })
  .openapi('Credentials');

export const refreshSchema = z
  .strictObject({ refreshToken: z.string().min(1, 'must not be empty').max(512, 'is too long') })
  .openapi('Refresh');

export const stepUpSchema = z
  .strictObject({
    currentPassword: withOpenApi(passwordToVerify).openapi({
      type: 'string',
      format: 'password',
      minLength: 1,
      maxLength: 512,
    }),
  })
  .openapi('StepUp');

export const provedSchema = z
  .object({
    until: z.iso
      .datetime()
      .openapi({ description: 'The time until which the password counts as recently confirmed.' }),
  })
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
