import * as z from 'zod';
import { password, passwordToVerify } from '../../../model/password.ts';
import { username } from '../../../model/username.ts';
import { none, route } from '../http/route.ts';

const usernameField = username.meta({
  description: 'Unique without regard to case. Some names are reserved.',
  example: 'ann',
});

// The length is checked after Unicode normalization, which a JSON schema cannot express.
const passwordField = password.meta({
  type: 'string',
  format: 'password',
  description: '8 to 128 characters.',
});

/** The request body of `createUser`. */
const newUserSchema = z
  .strictObject({ username: usernameField, password: passwordField })
  .meta({ id: 'NewUser' });

/** The request body of `updateMe`. */
const userChangeSchema = z
  .strictObject({
    username: usernameField.optional(),
    password: passwordField.optional(),
    currentPassword: passwordToVerify
      .meta({ type: 'string', format: 'password', minLength: 1, maxLength: 512 })
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
  .meta({ id: 'UserChange' });

export const createUserRoute = route('createUser', {
  params: none,
  query: none,
  body: newUserSchema,
  auth: 'none',
  idempotent: true,
  answersSignIn: true,
});

export const getMeRoute = route('getMe', {
  params: none,
  query: none,
  auth: 'user',
});

export const updateMeRoute = route('updateMe', {
  params: none,
  query: none,
  body: userChangeSchema,
  auth: 'user',
  stepUp: 'always',
});

export const deleteMeRoute = route('deleteMe', {
  params: none,
  query: none,
  auth: 'user',
  stepUp: 'until-deletion',
});
