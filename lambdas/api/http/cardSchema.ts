import { z } from '@hono/zod-openapi';

/** What lists show of a user besides the username. */
export const cardSchema = {
  displayName: z.string().nullable().openapi({
    description: 'The name to show instead of the username. Null when the user has chosen none.',
    example: 'Ann Lee',
  }),
  color: z
    .string()
    .nullable()
    .openapi({ description: "The user's color. Null when the user has chosen none.", example: '#ff8800' }),
  avatarUrl: z.url().nullable().openapi({
    description: "The URL of the user's avatar. Null when the user has none.",
    example: 'https://d111111abcdef8.cloudfront.net/images/0f8fad5bd9cb469fa16570867728950e/avatar-7a.png',
  }),
};

const image = 'https://d111111abcdef8.cloudfront.net/images/0f8fad5bd9cb469fa16570867728950e';

export const bannerUrlSchema = z
  .url()
  .nullable()
  .openapi({
    description: "The URL of the user's banner. Null when the user has none.",
    example: `${image}/banner-3c.jpg`,
  });

export const bioSchema = z.string().nullable().openapi({
  description: 'What the user says about themselves. Null when they say nothing.',
  example: 'I play the guitar at night.',
});

/** The state of a stage in a list of channels. */
export const isStageLiveSchema = z
  .boolean()
  .openapi({ description: "Whether anybody publishes on the stage of the channel's owner." });
