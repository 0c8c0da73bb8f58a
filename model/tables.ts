import { cardAttributes } from './profile.ts';
import type { IndexSpec, TableSpec } from './tableSpec.ts';

/**
 * Every table that can hold mock data has this sparse index. Only rows that `make seed` wrote have its
 * attributes, so `make deleteSeed` reads only those rows, whatever the size of the table.
 */
const seededIndex: IndexSpec = {
  name: 'seededIndex',
  kind: 'global',
  key: { hash: 'seedShard', range: 'seedRun' },
  projects: 'keys',
  serves: 'the seeded rows, to replace or delete them and to verify that no seeded row remains',
};

const userIdIndex = (serves: string): IndexSpec => ({
  name: 'userIdIndex',
  kind: 'global',
  key: { hash: 'userId', range: 'createdAt' },
  projects: 'keys',
  serves,
});

/** The attributes that every list of channels shows of the owner. They change seldom, and so do the indexes. */
const shownWithChannels = [...cardAttributes, 'isStageLive'];

/** What the lists of recordings show. */
const vodAttributes = [
  'title',
  'categoryId',
  'startedAt',
  'endedAt',
  'recordingStatus',
  'recordingStartedAt',
  'recordingEndedAt',
  'recordingDurationMs',
  'recordingPath',
  'peakViewers',
  'recordingViews',
] as const;

const specs = {
  users: {
    name: 'users',
    key: { hash: 'id' },
    indexes: [
      {
        name: 'pendingIndex',
        kind: 'global',
        key: { hash: 'pending', range: 'createdAt' },
        projects: ['status'],
        serves: 'the users that are being created or deleted, to finish interrupted operations',
      },
      seededIndex,
    ],
    serves: 'a user by id',
  },
  usernames: {
    name: 'usernames',
    key: { hash: 'usernameKey' },
    indexes: [seededIndex],
    ttl: 'expiresAt',
    serves:
      'the user with a name, regardless of case; the condition that only one user has a name; the former names of the last 30 days',
  },
  emailAddresses: {
    name: 'emailAddresses',
    key: { hash: 'emailKey' },
    indexes: [],
    serves: 'the user who has verified an address; the condition that only one user has it',
  },
  emailCodes: {
    name: 'emailCodes',
    key: { hash: 'id' },
    indexes: [],
    ttl: 'expiresAt',
    serves: 'a code that was sent by mail, and how often one was entered',
  },
  channels: {
    name: 'channels',
    key: { hash: 'id' },
    indexes: [
      {
        name: 'usernameIndex',
        kind: 'global',
        key: { hash: 'usernameKey' },
        // Not the stream key or the ingest endpoint, because the page is public. Not `version`, because every
        // lifecycle event changes it, and projecting it would double the writes of each event.
        projects: [
          'userId',
          'username',
          ...shownWithChannels,
          'bio',
          'banner',
          'title',
          'categoryId',
          'isLive',
          'isPartner',
          'playbackUrl',
          'followerCount',
          'openStreamId',
          'viewers',
          'viewersAt',
          'chatRoomArn',
          'stageArn',
          'createdAt',
        ],
        serves: "a channel's page by its owner's name",
      },
      {
        name: 'liveIndex',
        kind: 'global',
        key: { hash: 'live', range: 'liveStartedAt' },
        projects: [
          'username',
          ...shownWithChannels,
          'title',
          'liveCategoryId',
          'isPartner',
          'playbackUrl',
          'openStreamId',
          'livePreviewPath',
          'viewers',
          'viewersAt',
        ],
        serves: 'the directory: every live channel once, newest first in each of four partitions',
      },
      {
        name: 'liveCategoryIndex',
        kind: 'global',
        key: { hash: 'liveCategoryId', range: 'liveStartedAt' },
        projects: [
          'username',
          ...shownWithChannels,
          'title',
          'isPartner',
          'playbackUrl',
          'openStreamId',
          'livePreviewPath',
          'viewers',
          'viewersAt',
        ],
        serves: 'the directory of one category, newest first in each of four partitions',
      },
      {
        name: 'nameIndex',
        kind: 'global',
        key: { hash: 'nameRange', range: 'usernameKey' },
        projects: [
          'username',
          ...shownWithChannels,
          'title',
          'categoryId',
          'isLive',
          'isPartner',
          'playbackUrl',
          'openStreamId',
          'liveStartedAt',
          'liveCategoryId',
          'livePreviewPath',
          'viewers',
          'viewersAt',
        ],
        serves:
          'all channels by name, in five partitions; the channels whose name begins with some characters',
      },
      {
        name: 'displayNameIndex',
        kind: 'global',
        key: { hash: 'displayNameInitial', range: 'displayNameKey' },
        // Nothing that changes with the live state or the viewers: a search is rarer than these changes.
        projects: ['usernameKey'],
        serves:
          'the channels whose display name begins with some characters, in a partition for each first character',
      },
      {
        name: 'pendingIndex',
        kind: 'global',
        key: { hash: 'pending', range: 'updatedAt' },
        projects: 'keys',
        serves: 'the channels with a pending task: create a key, change the type, review the partner status',
      },
      seededIndex,
    ],
    stream: true,
    serves: "a channel by the last part of its ARN, which is in an event's `resources`",
  },
  rankings: {
    name: 'rankings',
    key: { hash: 'part', range: 'id' },
    indexes: [],
    ttl: 'expiresAt',
    serves:
      'the current list of live channels by viewers, overall and for each category; a part of an earlier one',
  },
  chatRooms: {
    name: 'chatRooms',
    key: { hash: 'id' },
    indexes: [seededIndex],
    serves: 'a chat room by the last part of its ARN',
  },
  stages: {
    name: 'stages',
    key: { hash: 'id' },
    indexes: [
      {
        name: 'liveIndex',
        kind: 'global',
        key: { hash: 'live', range: 'liveSince' },
        projects: ['channelId', 'publishedParticipants'],
        serves: 'every live stage once, newest first in each of four partitions',
      },
      seededIndex,
    ],
    stream: true,
    serves: "a stage by the last part of its ARN, which is in an event's `resources`",
  },
  stageParticipants: {
    name: 'stageParticipants',
    key: { hash: 'stageId', range: 'id' },
    indexes: [seededIndex],
    ttl: 'expiresAt',
    serves: "a participant's latest publish event, so that the stage's row lists only current publishers",
  },
  categories: {
    name: 'categories',
    key: { hash: 'catalogue', range: 'id' },
    numeric: ['sortOrder'],
    indexes: [
      {
        name: 'sortOrderIndex',
        kind: 'local',
        key: { hash: 'catalogue', range: 'sortOrder' },
        projects: 'all',
        serves: 'all categories, in order',
      },
      seededIndex,
    ],
    serves: 'a category by id',
  },
  streams: {
    name: 'streams',
    key: { hash: 'channelId', range: 'id' },
    indexes: [
      {
        name: 'startedAtIndex',
        // Local, so that the fold can read the sessions before and after a session consistently.
        kind: 'local',
        key: { hash: 'channelId', range: 'startedAt' },
        projects: 'all',
        serves: "a channel's streams, newest first; the sessions before and after a start time",
      },
      {
        name: 'isOpenIndex',
        kind: 'global',
        key: { hash: 'isOpen', range: 'startedAt' },
        projects: ['channelArn', 'username', 'isLive'],
        serves: 'all open sessions, in four partitions, for the reconciler',
      },
      {
        name: 'incompleteIndex',
        kind: 'global',
        key: { hash: 'isIncomplete', range: 'startedAt' },
        projects: ['channelArn'],
        serves: 'the sessions known only from their recordings, for the reconciler',
      },
      {
        name: 'vodIndex',
        // Local, so that only writes to sessions with a recording cost a second write.
        kind: 'local',
        key: { hash: 'channelId', range: 'vodStartedAt' },
        projects: vodAttributes,
        serves: "a channel's playable recordings, each once, newest first",
      },
      {
        name: 'allVodsIndex',
        kind: 'global',
        key: { hash: 'vodShard', range: 'vodStartedAt' },
        projects: vodAttributes,
        serves: 'the playable recordings of all channels, newest first in each of four partitions',
      },
      {
        name: 'categoryVodsIndex',
        kind: 'global',
        key: { hash: 'vodCategoryId', range: 'vodStartedAt' },
        projects: vodAttributes,
        serves: 'the playable recordings of one category, newest first in each of four partitions',
      },
      seededIndex,
    ],
    serves: 'one session',
  },
  streamEvents: {
    name: 'streamEvents',
    key: { hash: 'streamId', range: 'id' },
    indexes: [seededIndex],
    serves: "a session's timeline in order; the condition that an event counts once",
  },
  metrics: {
    name: 'metrics',
    key: { hash: 'streamId', range: 'id' },
    indexes: [seededIndex],
    serves: "the reports of a stream's viewers, one row per minute, in order",
  },
  viewerSamples: {
    name: 'viewerSamples',
    // One partition per viewer: writes spread evenly, however many viewers a stream has.
    key: { hash: 'viewer', range: 'minute' },
    indexes: [],
    ttl: 'expiresAt',
    serves: "a viewer's sample of one minute; the condition that a viewer counts once per minute",
  },
  chatMessages: {
    name: 'chatMessages',
    // By room and time, not by stream: the stream of a message is determined when it is read, so it does not
    // matter whether the log line or the stream event arrived first.
    key: { hash: 'chatRoomId', range: 'id' },
    indexes: [seededIndex],
    serves:
      "a room's messages in sent order, from any time; the deleted messages; the number of messages per minute",
  },
  stageTokens: {
    name: 'stageTokens',
    key: { hash: 'stageId', range: 'participantId' },
    indexes: [userIdIndex("a user's tokens for a stage"), seededIndex],
    ttl: 'expiresAt',
    serves: 'one token',
  },
  stageRequests: {
    name: 'stageRequests',
    key: { hash: 'stageId', range: 'userId' },
    indexes: [userIdIndex("a user's requests to come on stages, to delete them with the user")],
    ttl: 'expiresAt',
    serves: "a user's latest request to come on a stage, and whether the host has declined it",
  },
  follows: {
    name: 'follows',
    key: { hash: 'userId', range: 'channelId' },
    indexes: [
      {
        name: 'followedAtIndex',
        kind: 'local',
        key: { hash: 'userId', range: 'followedAt' },
        projects: 'all',
        serves: 'the channels that a user follows, newest first',
      },
      {
        name: 'followersIndex',
        kind: 'global',
        key: { hash: 'channelId', range: 'followedAt' },
        projects: 'all',
        serves: 'the followers of a channel, by the time since when they follow',
      },
      seededIndex,
    ],
    serves: 'whether a user follows a channel',
  },
  bans: {
    name: 'bans',
    key: { hash: 'channelId', range: 'userId' },
    indexes: [
      {
        name: 'bannedAtIndex',
        kind: 'local',
        key: { hash: 'channelId', range: 'bannedAt' },
        projects: 'all',
        serves: "a channel's bans, newest first; the bans of the last hour, for the review of messages",
      },
      seededIndex,
    ],
    ttl: 'expiresAt',
    serves: 'whether a user is banned from a channel',
  },
  moderators: {
    name: 'moderators',
    key: { hash: 'channelId', range: 'userId' },
    indexes: [userIdIndex('the channels that a user moderates, latest appointment first'), seededIndex],
    serves: "whether a user moderates a channel; a channel's moderators",
  },
  audit: {
    name: 'audit',
    key: { hash: 'channelId', range: 'id' },
    indexes: [seededIndex],
    serves: 'the acts of moderation in a channel, newest first',
  },
  sessions: {
    name: 'sessions',
    key: { hash: 'id' },
    indexes: [userIdIndex("a user's sign-ins, newest first, to list and revoke them"), seededIndex],
    ttl: 'expiresAt',
    serves: 'a refresh-token family',
  },
  idempotency: {
    name: 'idempotency',
    key: { hash: 'id' },
    indexes: [],
    ttl: 'expiresAt',
    serves: 'the answer to an earlier create with the same Idempotency-Key',
  },
  rateLimits: {
    name: 'rateLimits',
    key: { hash: 'id' },
    indexes: [],
    ttl: 'expiresAt',
    serves: 'request counts per caller and window; failed sign-ins; turns after conflicts; leases of runs',
  },
} as const satisfies Record<string, TableSpec>;

export type TableName = keyof typeof specs;

/** The schema: every table by name. No other list of tables exists in the project. */
export const tables: Readonly<Record<TableName, TableSpec>> = specs;

export const tableNames: readonly TableName[] = Object.values(specs).map(spec => spec.name);

/** The tables that can hold mock data. */
export const seededTables = tableNames.filter(name => tables[name].indexes.includes(seededIndex));
