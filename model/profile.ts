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
};

const profile = z.object(profileFields);
export type PublicProfile = z.infer<typeof profile>;

/** The part of a profile that lists show. */
export type ProfileCard = Pick<PublicProfile, 'displayName' | 'color'>;

/** The attributes of a profile that an index must project so that a list can show them. */
export const cardAttributes = ['displayName', 'color'] as const satisfies readonly (keyof ProfileCard)[];

/**
 * Returns the attributes with which a token shows a user to others in a chat room or on a stage. IVS accepts 1 KB of
 * attributes, names included. A profile has at most 0.6 KB.
 */
export function tokenAttributes({
  username,
  displayName,
  color,
}: { readonly username: string } & ProfileCard): Readonly<Record<string, string>> {
  return {
    username,
    ...(displayName === undefined ? {} : { displayName }),
    ...(color === undefined ? {} : { color }),
  };
}
