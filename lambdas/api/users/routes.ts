import { displayName } from '../../../model/displayName.ts';
import { username } from '../../../model/newUsername.ts';
import { password, passwordToVerify } from '../../../model/password.ts';
import { freeText, textBounds } from '../../../model/text.ts';
import * as z from '../../../model/zod.ts';
import { userId } from '../http/parameters.ts';
import { none, route } from '../http/route.ts';

const usernameField = username.check(
  z.meta({
    description: 'Unique without regard to case. Some names are reserved.',
    example: 'ann',
  }),
);

// The length is checked after Unicode normalization, which a JSON schema cannot express.
const passwordField = password.check(
  z.meta({
    type: 'string',
    format: 'password',
    description:
      '8 to 128 characters. It may not be one of the most common passwords or contain the username.',
  }),
);

/** The request body of `createUser`. */
const newUserSchema = z
  .strictObject({ username: usernameField, password: passwordField })
  .check(z.meta({ id: 'NewUser' }));

/** The request body of `updateMe`. */
const userChangeSchema = z
  .strictObject({
    username: z.optional(usernameField),
    password: z.optional(passwordField),
    currentPassword: z.optional(
      passwordToVerify.check(z.meta({ type: 'string', format: 'password', minLength: 1, maxLength: 512 })),
    ),
  })
  .check(
    z.refine(({ password, currentPassword }) => password === undefined || currentPassword !== undefined, {
      path: ['currentPassword'],
      message: 'is required to set a new password',
    }),
    z.refine(
      ({ username, password, currentPassword }) =>
        currentPassword === undefined || username !== undefined || password !== undefined,
      { path: ['currentPassword'], message: 'is only allowed together with a new username or password' },
    ),
    z.meta({ id: 'UserChange' }),
  );

const color = z.pipe(
  z
    .string('must be text')
    .check(z.regex(/^#[0-9A-Fa-f]{6}$/, 'must be # and six hexadecimal digits, such as #ff8800')),
  z.transform(text => text.toLowerCase()),
);

/** A text that null removes. The document gets its type from here, because it cannot read a schema that transforms. */
const removable = <Text extends z.ZodMiniType<string, string>>(
  text: Text,
  description: string,
  meta: object,
) =>
  z
    .optional(z.nullable(text))
    .check(z.meta({ type: ['string', 'null'], minLength: 1, description, ...meta }));

/** The request body of `updateProfile`. */
const profileChangeSchema = z
  .strictObject({
    displayName: removable(
      displayName,
      `The name to show instead of the username, at most ${textBounds.displayName.characters} characters. It may ` +
        'not imitate the platform or its staff.',
      { maxLength: textBounds.displayName.bytes, example: 'Ann Lee' },
    ),
    bio: removable(
      freeText(textBounds.bio),
      `One line about yourself, at most ${textBounds.bio.characters} characters.`,
      { maxLength: textBounds.bio.bytes, example: 'I play the guitar at night.' },
    ),
    color: removable(color, 'A color: `#` and six hexadecimal digits.', {
      pattern: '^#[0-9A-Fa-f]{6}$',
      example: '#ff8800',
    }),
  })
  .check(
    z.meta({
      id: 'ProfileChange',
      description: 'The changes. Omitted fields keep their values, and null removes one.',
    }),
  );

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

export const getUserRoute = route('getUser', {
  params: z.strictObject({ userId }),
  query: none,
  auth: 'none',
  // A chat asks for each of its senders, and their profiles seldom change.
  cache: { cdn: 60, browser: 60 },
});

export const updateMeRoute = route('updateMe', {
  params: none,
  query: none,
  body: userChangeSchema,
  auth: 'user',
  stepUp: 'always',
});

export const updateProfileRoute = route('updateProfile', {
  params: none,
  query: none,
  body: profileChangeSchema,
  auth: 'user',
});

export const deleteMeRoute = route('deleteMe', {
  params: none,
  query: none,
  auth: 'user',
  stepUp: 'until-deletion',
  ends: 'account',
});
