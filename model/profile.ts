import * as z from './zod.ts';

/**
 * What users show of themselves, besides their name. It is on the user's row, and a copy is on the channel's row, so
 * that lists of channels need no other read. One transaction changes both rows.
 */
export const profileFields = {
  displayName: z.optional(z.string()),
  bio: z.optional(z.string()),
  /** `#` and six hexadecimal digits in lower case. */
  color: z.optional(z.string()),
  /** The paths of checked images at the CDN. */
  avatar: z.optional(z.string()),
  banner: z.optional(z.string()),
};

const profile = z.object(profileFields);
export type PublicProfile = z.infer<typeof profile>;

/** The part of a profile that lists show. */
export type ProfileCard = Pick<PublicProfile, 'displayName' | 'color' | 'avatar'>;

/** The attributes of a profile that an index must project so that a list can show them. */
export const cardAttributes = [
  'displayName',
  'color',
  'avatar',
] as const satisfies readonly (keyof ProfileCard)[];

/** Returns the URL of an image. `baseUrl` is the CDN's, without a slash at the end. */
export function imageUrl(path: string | undefined, baseUrl: string): string | undefined {
  return path === undefined ? undefined : `${baseUrl}/${path}`;
}

/**
 * Returns the attributes with which a token shows a user to others in a chat room or on a stage. IVS accepts 1 KB of
 * attributes, names included. A profile has at most 0.8 KB.
 */
export function tokenAttributes(
  { username, displayName, color, avatar }: { readonly username: string } & ProfileCard,
  baseUrl: string,
): Readonly<Record<string, string>> {
  const avatarUrl = imageUrl(avatar, baseUrl);
  return {
    username,
    ...(displayName === undefined ? {} : { displayName }),
    ...(color === undefined ? {} : { color }),
    ...(avatarUrl === undefined ? {} : { avatarUrl }),
  };
}
