import type { IndexSpec, TableSpec } from './tableSpec.ts';

/**
 * Every table that can hold mock data carries this sparse index: rows that `make seed` wrote have its attributes, real rows do not.
 * So `make deleteSeed` reads only what was seeded, however large the table is.
 */
const seededIndex: IndexSpec = {
  name: 'seededIndex',
  kind: 'global',
  key: { hash: 'seedShard', range: 'seedRun' },
  projects: 'keys',
  serves: 'the seeded rows, to replace or delete them and to prove that none is left',
};

const userIdIndex = (serves: string): IndexSpec => ({
  name: 'userIdIndex',
  kind: 'global',
  key: { hash: 'userId', range: 'createdAt' },
  projects: 'keys',
  serves,
});

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
        serves: 'the users that are being created or deleted, to finish what was interrupted',
      },
      seededIndex,
    ],
    serves: 'a user by id',
  },
  usernames: {
    name: 'usernames',
    key: { hash: 'usernameKey' },
    indexes: [seededIndex],
    serves: "the user with a name, whatever its case; the condition that a name is one user's",
  },
  channels: {
    name: 'channels',
    key: { hash: 'id' },
    indexes: [
      {
        name: 'usernameIndex',
        kind: 'global',
        key: { hash: 'usernameKey' },
        // Never the stream key or the ingest endpoint: a page is public. Nor `version`, which every
        // lifecycle event raises: projecting it would double the writes of each.
        projects: [
          'arn',
          'userId',
          'username',
          'title',
          'categoryId',
          'isLive',
          'isPartner',
          'playbackUrl',
          'followerCount',
          'openStreamId',
          'livePreviewPath',
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
          'title',
          'liveCategoryId',
          'isPartner',
          'playbackUrl',
          'openStreamId',
          'livePreviewPath',
        ],
        serves: 'the directory: every live channel, newest first. One row a channel, so none shows twice',
      },
      {
        name: 'liveCategoryIndex',
        kind: 'global',
        key: { hash: 'liveCategoryId', range: 'liveStartedAt' },
        projects: ['username', 'title', 'isPartner', 'playbackUrl', 'openStreamId', 'livePreviewPath'],
        serves: 'the directory of one category, newest first',
      },
      {
        name: 'pendingIndex',
        kind: 'global',
        key: { hash: 'pending', range: 'updatedAt' },
        projects: 'keys',
        serves:
          'the channels with something left to do: a key to make, a type to change, a partner status to review',
      },
      seededIndex,
    ],
    serves: "a channel by the last part of its ARN, straight from an event's",
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
    indexes: [seededIndex],
    serves: "a stage by the last part of its ARN, straight from an event's",
  },
  stageParticipants: {
    name: 'stageParticipants',
    key: { hash: 'stageId', range: 'id' },
    indexes: [seededIndex],
    ttl: 'expiresAt',
    serves: "a participant's latest publish event, so that the stage's own row holds only who publishes now",
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
        // Local, so that the fold can read a session's neighbors consistently.
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
        serves: 'all open sessions, newest first, for the reconciler',
      },
      {
        name: 'incompleteIndex',
        kind: 'global',
        key: { hash: 'isIncomplete', range: 'startedAt' },
        projects: ['channelArn'],
        serves: 'the sessions known from their recordings alone, for the reconciler',
      },
      {
        name: 'vodIndex',
        // Local: it costs no second copy of a write to anything but the sessions that have a recording.
        kind: 'local',
        key: { hash: 'channelId', range: 'vodStartedAt' },
        projects: [
          'title',
          'categoryId',
          'startedAt',
          'endedAt',
          'recordingStatus',
          'recordingStartedAt',
          'recordingEndedAt',
          'recordingDurationMs',
          'recordingPath',
        ],
        serves: "a channel's recordings that can be watched, newest first, each once",
      },
      seededIndex,
    ],
    serves: 'one session',
  },
  streamEvents: {
    name: 'streamEvents',
    key: { hash: 'streamId', range: 'id' },
    indexes: [seededIndex],
    serves: "a session's timeline, in order; the condition that an event counts once",
  },
  metrics: {
    name: 'metrics',
    key: { hash: 'streamId', range: 'id' },
    indexes: [seededIndex],
    serves: "what a stream's viewers reported, one row a minute, in order",
  },
  viewerSamples: {
    name: 'viewerSamples',
    // A partition a viewer: writes spread by themselves, however many watch one stream.
    key: { hash: 'viewer', range: 'minute' },
    indexes: [],
    ttl: 'expiresAt',
    serves: "a viewer's sample of one minute; the condition that a viewer counts once a minute",
  },
  chatMessages: {
    name: 'chatMessages',
    // By room and time, not by stream: which stream was open when a message was sent is decided when it is
    // read, so that it does not depend on which of the two, log line or stream event, came first.
    key: { hash: 'chatRoomId', range: 'id' },
    indexes: [seededIndex],
    serves:
      "a room's messages in the order they were sent, from any time; which of them were deleted; how many were sent in each minute",
  },
  stageTokens: {
    name: 'stageTokens',
    key: { hash: 'stageId', range: 'participantId' },
    indexes: [userIdIndex("a user's tokens for a stage"), seededIndex],
    ttl: 'expiresAt',
    serves: 'one token',
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
        serves: 'whom a user follows, newest first',
      },
      {
        name: 'followersIndex',
        kind: 'global',
        key: { hash: 'channelId', range: 'followedAt' },
        projects: 'all',
        serves: 'who follows a channel, by how long they do',
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
        serves: "a channel's bans, newest first; those of the last hour, for the review of messages",
      },
      seededIndex,
    ],
    ttl: 'expiresAt',
    serves: 'whether somebody is banned from a channel',
  },
  sessions: {
    name: 'sessions',
    key: { hash: 'id' },
    indexes: [userIdIndex("a user's sign-ins, to revoke them"), seededIndex],
    ttl: 'expiresAt',
    serves: 'a refresh-token family',
  },
  idempotency: {
    name: 'idempotency',
    key: { hash: 'id' },
    indexes: [],
    ttl: 'expiresAt',
    serves: 'the answer to a create that was made before with the same Idempotency-Key',
  },
  rateLimits: {
    name: 'rateLimits',
    key: { hash: 'id' },
    indexes: [],
    ttl: 'expiresAt',
    serves: 'how often a caller did something in a window; how often a sign-in failed; turns after conflicts',
  },
} as const satisfies Record<string, TableSpec>;

export type TableName = keyof typeof specs;

/** The schema: every table by name. Built from nothing else anywhere in the project. */
export const tables: Readonly<Record<TableName, TableSpec>> = specs;

export const tableNames: readonly TableName[] = Object.values(specs).map(spec => spec.name);

/** The tables that can hold mock data. */
export const seededTables = tableNames.filter(name => tables[name].indexes.includes(seededIndex));

/** The environment variable that tells a function a table's physical name, as `STREAM_EVENTS_TABLE`. */
export function tableVariable(name: TableName): string {
  return `${name.replace(/[A-Z]/g, letter => `_${letter}`).toUpperCase()}_TABLE`;
}
