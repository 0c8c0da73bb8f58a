import * as z from 'zod';
import { passwordToVerify } from '../../../model/password.ts';
import { none, route } from '../http/route.ts';

/**
 * The request body of `createSession`. It accepts values that no account can have: they are wrong
 * credentials, not invalid values.
 */
const credentialsSchema = z
  .strictObject({
    username: z.string().min(1, 'must not be empty').max(64, 'is too long').meta({ example: 'ann' }),
    password: passwordToVerify.meta({
      type: 'string',
      format: 'password',
      minLength: 1,
      maxLength: 512,
    }),
    deviceToken: z.string().max(1024, 'is too long').optional().meta({
      description: 'The `deviceToken` of the last sign-in on this device. An invalid one is ignored.',
    }),
  })
  .meta({ id: 'Credentials' });

const refreshSchema = z
  .strictObject({ refreshToken: z.string().min(1, 'must not be empty').max(512, 'is too long') })
  .meta({ id: 'Refresh' });

const stepUpSchema = z
  .strictObject({
    currentPassword: passwordToVerify.meta({
      type: 'string',
      format: 'password',
      minLength: 1,
      maxLength: 512,
    }),
  })
  .meta({ id: 'StepUp' });

export const createSessionRoute = route('createSession', {
  params: none,
  query: none,
  body: credentialsSchema,
  auth: 'none',
  idempotent: true,
  answersSignIn: true,
});

export const refreshSessionRoute = route('refreshSession', {
  params: none,
  query: none,
  body: refreshSchema,
  auth: 'none',
  idempotent: true,
  answersSignIn: true,
});

export const stepUpRoute = route('stepUp', {
  params: none,
  query: none,
  body: stepUpSchema,
  auth: 'user',
});

export const deleteSessionRoute = route('deleteSession', {
  params: none,
  query: none,
  auth: 'user',
});
