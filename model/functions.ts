import type { TableName } from './tables.ts';

/** DynamoDB actions as IAM names them. A transaction needs the actions of its items, and none of its own. */
export type TableAction =
  | 'GetItem'
  | 'BatchGetItem'
  | 'Query'
  | 'PutItem'
  | 'UpdateItem'
  | 'DeleteItem'
  | 'ConditionCheckItem'
  | 'BatchWriteItem';

/** What a function may do with one table. */
export interface TableGrant {
  /** On the table itself. */
  readonly actions: readonly TableAction[];
  /** Indexes it may query. */
  readonly indexes?: readonly string[];
}

/** One Lambda as plain data: the module that exports its `handler`, and all it may touch. */
export interface FunctionSpec {
  readonly entry: string;
  readonly tables: Partial<Record<TableName, TableGrant>>;
  /** Actions on this account's and Region's IVS resources, which are made while the app runs. */
  readonly ivs?: Partial<Record<IvsResource, readonly string[]>>;
  /** In MB, where it is to have another share of a processor than most: both come together. */
  readonly memoryMb?: number;
  /** It signs and checks list cursors, so it may read the cursor secret. */
  readonly cursors?: true;
  /** It signs or checks access tokens, so it may read the secret that signs them. */
  readonly tokens?: true;
  /** It tells where recordings are served: it gets `RECORDINGS_URL`. */
  readonly recordings?: true;
  /** It tells clients where chat is: it gets `CHAT_ENDPOINT`. */
  readonly chatEndpoint?: true;
  /** It makes users' IVS resources: it gets the ARNs of what the stack attaches to each. */
  readonly attachments?: true;
  /** It decides on chat messages: it gets `CHAT_REVIEW_FALLBACK`, which `attachments` include. */
  readonly reviewFallback?: true;
}

/** Kinds of IVS resources, as IAM tells them apart. The actions of rooms are `ivschat`'s, all others `ivs`'s. */
export type IvsResource = 'channel' | 'stream-key' | 'room' | 'stage';

/**
 * For what hashes passwords: a third of a second of a whole processor for each, and more than a second of the share that
 * most functions have. Twice the memory takes half the time, at the same price.
 * https://docs.aws.amazon.com/lambda/latest/dg/configuration-memory.html
 */
const HASHING_MEMORY_MB = 1024;

/** What deleting a user takes. */
const deletionTables = {
  users: { actions: ['UpdateItem', 'DeleteItem'] },
  usernames: { actions: ['DeleteItem'] },
  channels: { actions: ['BatchGetItem', 'UpdateItem', 'DeleteItem'] },
  chatRooms: { actions: ['BatchGetItem', 'DeleteItem'] },
  stages: { actions: ['GetItem', 'BatchGetItem', 'UpdateItem', 'DeleteItem'] },
  stageParticipants: { actions: ['Query', 'BatchWriteItem'] },
  stageTokens: { actions: ['Query', 'DeleteItem', 'BatchWriteItem'], indexes: ['userIdIndex'] },
  streams: { actions: ['Query', 'BatchWriteItem'] },
  streamEvents: { actions: ['Query', 'BatchWriteItem'] },
  metrics: { actions: ['Query', 'BatchWriteItem'] },
  chatMessages: { actions: ['Query', 'BatchWriteItem'] },
  follows: { actions: ['Query', 'DeleteItem'], indexes: ['followersIndex'] },
  bans: { actions: ['Query', 'BatchWriteItem'] },
  sessions: { actions: ['BatchWriteItem'], indexes: ['userIdIndex'] },
} as const satisfies FunctionSpec['tables'];

// As the service authorization reference has it, some actions are on a channel and on its stream keys.
const deletionIvs = {
  channel: ['ListStreamKeys', 'StopStream', 'DeleteChannel'],
  'stream-key': ['ListStreamKeys', 'DeleteStreamKey', 'DeleteChannel'],
  room: ['DeleteRoom'],
  stage: ['DeleteStage'],
} as const satisfies FunctionSpec['ivs'];

/** The Lambdas of the HTTP API, one a resource. */
export const resourceFunctions = {
  system: { entry: 'lambdas/api/system/handler.ts', tables: {} },
  channels: {
    entry: 'lambdas/api/channels/handler.ts',
    tables: {
      channels: { actions: [], indexes: ['usernameIndex', 'liveIndex', 'liveCategoryIndex'] },
      streams: { actions: ['GetItem'] },
    },
    cursors: true,
    recordings: true,
  },
  streams: {
    entry: 'lambdas/api/streams/handler.ts',
    tables: {
      channels: { actions: [], indexes: ['usernameIndex'] },
      streams: { actions: ['GetItem'], indexes: ['startedAtIndex', 'vodIndex'] },
      streamEvents: { actions: ['Query'] },
      chatMessages: { actions: ['Query', 'BatchGetItem'] },
      rateLimits: { actions: ['UpdateItem'] },
    },
    cursors: true,
    tokens: true,
    recordings: true,
  },
  viewers: {
    entry: 'lambdas/api/viewers/handler.ts',
    tables: {
      channels: { actions: ['BatchGetItem'], indexes: ['usernameIndex'] },
      streams: { actions: ['BatchGetItem'] },
      metrics: { actions: ['BatchGetItem', 'Query', 'UpdateItem'] },
      viewerSamples: { actions: ['PutItem', 'DeleteItem'] },
      chatMessages: { actions: ['Query'] },
      rateLimits: { actions: ['UpdateItem'] },
    },
    cursors: true,
    tokens: true,
  },
  chat: {
    entry: 'lambdas/api/chat/handler.ts',
    tables: {
      channels: { actions: [], indexes: ['usernameIndex'] },
      chatRooms: { actions: ['GetItem', 'UpdateItem'] },
      usernames: { actions: ['GetItem'] },
      users: { actions: ['GetItem', 'ConditionCheckItem'] },
      bans: { actions: ['GetItem', 'PutItem', 'DeleteItem'], indexes: ['bannedAtIndex'] },
      rateLimits: { actions: ['UpdateItem'] },
    },
    ivs: { room: ['CreateChatToken', 'DeleteMessage', 'DisconnectUser'] },
    cursors: true,
    tokens: true,
    chatEndpoint: true,
  },
  stages: {
    entry: 'lambdas/api/stages/handler.ts',
    tables: {
      channels: { actions: ['GetItem'], indexes: ['usernameIndex'] },
      stages: { actions: ['GetItem', 'UpdateItem'] },
      stageTokens: { actions: ['GetItem', 'PutItem', 'DeleteItem'] },
      users: { actions: ['GetItem'] },
      rateLimits: { actions: ['UpdateItem'] },
    },
    ivs: { stage: ['CreateParticipantToken', 'DisconnectParticipant'], room: ['SendEvent'] },
    tokens: true,
  },
  ownChannel: {
    entry: 'lambdas/api/ownChannel/handler.ts',
    tables: {
      channels: { actions: ['GetItem', 'BatchGetItem', 'UpdateItem'], indexes: ['usernameIndex'] },
      streams: { actions: ['BatchGetItem', 'UpdateItem'] },
      categories: { actions: ['BatchGetItem'] },
      users: { actions: ['BatchGetItem', 'ConditionCheckItem'] },
      sessions: { actions: ['BatchGetItem', 'ConditionCheckItem'] },
      rateLimits: { actions: ['UpdateItem'] },
      idempotency: { actions: ['GetItem', 'PutItem', 'UpdateItem', 'DeleteItem'] },
    },
    ivs: {
      channel: ['StopStream', 'PutMetadata', 'ListStreamKeys'],
      'stream-key': ['DeleteStreamKey', 'CreateStreamKey', 'TagResource', 'ListStreamKeys'],
    },
    tokens: true,
    recordings: true,
  },
  follows: {
    entry: 'lambdas/api/follows/handler.ts',
    tables: {
      follows: { actions: ['PutItem', 'DeleteItem'], indexes: ['followedAtIndex'] },
      channels: { actions: ['GetItem', 'BatchGetItem', 'UpdateItem'], indexes: ['usernameIndex'] },
      users: { actions: ['ConditionCheckItem'] },
      rateLimits: { actions: ['UpdateItem'] },
      // None of its routes takes an idempotency key.
      idempotency: { actions: [] },
    },
    ivs: { channel: ['UpdateChannel'] },
    cursors: true,
    tokens: true,
    recordings: true,
  },
  users: {
    entry: 'lambdas/api/users/handler.ts',
    chatEndpoint: true,
    memoryMb: HASHING_MEMORY_MB,
    tables: {
      // Reads and changes of one's own account, sign-up, and as much of a deletion as there is time for.
      ...deletionTables,
      users: {
        actions: ['GetItem', 'BatchGetItem', 'PutItem', 'UpdateItem', 'DeleteItem', 'ConditionCheckItem'],
      },
      usernames: { actions: ['GetItem', 'PutItem', 'DeleteItem'] },
      channels: { actions: ['BatchGetItem', 'PutItem', 'UpdateItem', 'DeleteItem'] },
      streams: { actions: ['Query', 'UpdateItem', 'BatchWriteItem'] },
      chatRooms: { actions: ['BatchGetItem', 'PutItem', 'DeleteItem'] },
      stages: { actions: ['GetItem', 'BatchGetItem', 'PutItem', 'UpdateItem', 'DeleteItem'] },
      sessions: {
        actions: [
          'GetItem',
          'BatchGetItem',
          'PutItem',
          'UpdateItem',
          'DeleteItem',
          'ConditionCheckItem',
          'BatchWriteItem',
        ],
        indexes: ['userIdIndex'],
      },
      rateLimits: { actions: ['GetItem', 'PutItem', 'UpdateItem', 'DeleteItem'] },
      idempotency: { actions: ['GetItem', 'PutItem', 'UpdateItem', 'DeleteItem'] },
    },
    ivs: {
      channel: ['CreateChannel', 'TagResource', ...deletionIvs.channel],
      'stream-key': ['CreateChannel', 'TagResource', ...deletionIvs['stream-key']],
      room: ['CreateRoom', 'TagResource', ...deletionIvs.room],
      stage: ['CreateStage', 'TagResource', ...deletionIvs.stage],
    },
    tokens: true,
    attachments: true,
  },
  sessions: {
    entry: 'lambdas/api/sessions/handler.ts',
    memoryMb: HASHING_MEMORY_MB,
    tables: {
      users: { actions: ['GetItem', 'BatchGetItem', 'UpdateItem', 'ConditionCheckItem'] },
      usernames: { actions: ['GetItem'] },
      sessions: { actions: ['GetItem', 'BatchGetItem', 'PutItem', 'UpdateItem', 'DeleteItem'] },
      rateLimits: { actions: ['GetItem', 'PutItem', 'UpdateItem', 'DeleteItem'] },
      idempotency: { actions: ['GetItem', 'PutItem', 'UpdateItem', 'DeleteItem'] },
    },
    tokens: true,
  },
  categories: {
    entry: 'lambdas/api/categories/handler.ts',
    tables: { categories: { actions: [], indexes: ['sortOrderIndex'] } },
    cursors: true,
  },
} as const satisfies Record<string, FunctionSpec>;
export type ResourceName = keyof typeof resourceFunctions;

const foldTables = {
  channels: { actions: ['BatchGetItem', 'ConditionCheckItem', 'UpdateItem'] },
  streams: { actions: ['BatchGetItem', 'PutItem', 'UpdateItem'], indexes: ['startedAtIndex'] },
  streamEvents: { actions: ['PutItem'] },
  rateLimits: { actions: ['UpdateItem'] },
} as const satisfies FunctionSpec['tables'];

/** Fed by the EventBridge rule. */
export const postStreamEventsFunction: FunctionSpec = {
  entry: 'streamEventsApi/postStreamEvents.ts',
  tables: {
    ...foldTables,
    stages: { actions: ['BatchGetItem', 'UpdateItem'] },
    stageParticipants: { actions: ['BatchGetItem', 'UpdateItem'] },
  },
};

/** Called by IVS Chat before each message is sent. It has 200 ms, cold start included. */
export const moderateChatFunction: FunctionSpec = {
  entry: 'lambdas/chatReview/moderateChat.ts',
  // One whole processor: a review is all computation, and a cold start in particular, and both have to be over in the
  // 200 ms that IVS waits. A review of 5 ms then costs 12 cents a million, beside the 20 cents of the call itself.
  // https://docs.aws.amazon.com/lambda/latest/dg/configuration-memory.html
  memoryMb: 1769,
  reviewFallback: true,
  tables: {
    chatRooms: { actions: ['GetItem'] },
    bans: { actions: [], indexes: ['bannedAtIndex'] },
  },
};

/** Fed by the subscription to the log group of the chat rooms. */
export const archiveChatFunction: FunctionSpec = {
  entry: 'lambdas/chatArchive/archiveChat.ts',
  tables: {
    chatRooms: { actions: ['GetItem', 'ConditionCheckItem'] },
    chatMessages: { actions: ['PutItem', 'UpdateItem'] },
  },
};

/** Run on a schedule. */
export const reconcileFunction: FunctionSpec = {
  entry: 'streamEventsApi/reconcileSchedule.ts',
  tables: {
    ...foldTables,
    streams: {
      actions: ['BatchGetItem', 'PutItem', 'UpdateItem'],
      indexes: ['startedAtIndex', 'isOpenIndex', 'incompleteIndex'],
    },
  },
  ivs: { channel: ['ListStreams', 'GetStreamSession'] },
};

/** Run by each deployment, and by local mode when it starts. */
export const seedCategoriesFunction: FunctionSpec = {
  entry: 'lambdas/maintenance/seedCategories.ts',
  tables: { categories: { actions: ['UpdateItem'] } },
};

/** How often the reconciler runs, and how long an open session may be unknown to IVS before it is closed. */
export const reconcileSchedule = { everyMinutes: 5, graceMs: 120_000 } as const;

/** Run on a schedule. */
export const finishPendingFunction: FunctionSpec = {
  entry: 'lambdas/maintenance/finishPending.ts',
  tables: {
    ...deletionTables,
    users: { actions: ['GetItem', 'UpdateItem', 'DeleteItem'], indexes: ['pendingIndex'] },
    channels: {
      actions: ['GetItem', 'BatchGetItem', 'UpdateItem', 'DeleteItem'],
      indexes: ['pendingIndex'],
    },
  },
  ivs: {
    ...deletionIvs,
    channel: [...deletionIvs.channel, 'UpdateChannel'],
    'stream-key': [...deletionIvs['stream-key'], 'CreateStreamKey', 'TagResource'],
  },
};

/** How often what was interrupted is gone on with, and for how long at a time: shorter, so that two runs do not meet. */
export const pendingSchedule = { everyMinutes: 5, budgetMs: 240_000 } as const;

/** Run on a schedule. */
export const sweepResourcesFunction: FunctionSpec = {
  entry: 'lambdas/maintenance/sweepResources.ts',
  tables: { users: { actions: ['BatchGetItem'] } },
  ivs: {
    channel: ['ListChannels', 'StopStream', 'DeleteChannel'],
    'stream-key': ['DeleteChannel'],
    room: ['ListRooms', 'DeleteRoom'],
    stage: ['ListStages', 'DeleteStage'],
  },
};

/** How often IVS is asked for what nobody has on record. A list has 100 a page and 4 pages a second: this is for 300,000. */
export const sweepSchedule = { everyMinutes: 60, budgetMs: 840_000 } as const;

/** Called by Secrets Manager when the secret that signs access tokens is to be replaced. It may touch that secret only. */
export const rotateSecretFunction: FunctionSpec = {
  entry: 'lambdas/maintenance/rotateSecret.ts',
  tables: {},
};

/** Every Lambda of the stack, by the name its logs and metrics go by. */
export const functionSpecs: Readonly<Record<string, FunctionSpec>> = {
  ...resourceFunctions,
  postStreamEvents: postStreamEventsFunction,
  moderateChat: moderateChatFunction,
  archiveChat: archiveChatFunction,
  reconcile: reconcileFunction,
  finishPending: finishPendingFunction,
  sweepResources: sweepResourcesFunction,
  rotateSecret: rotateSecretFunction,
  seedCategories: seedCategoriesFunction,
};
