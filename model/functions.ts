import type { TableName } from './tables.ts';

/**
 * DynamoDB actions, by their IAM names. A transaction needs the actions of its items and no action of its
 * own.
 */
export type TableAction =
  | 'GetItem'
  | 'BatchGetItem'
  | 'Query'
  | 'PutItem'
  | 'UpdateItem'
  | 'DeleteItem'
  | 'ConditionCheckItem'
  | 'BatchWriteItem';

/** S3 actions, by their IAM names. */
export type ObjectAction = 'GetObject' | 'PutObject' | 'DeleteObject';

/** A function's permissions on one table. */
export interface TableGrant {
  /** Actions on the table itself. */
  readonly actions: readonly TableAction[];
  /** Indexes that the function may query. */
  readonly indexes?: readonly string[];
  /** Lambda invokes the function with the changes in the table's stream. */
  readonly stream?: true;
}

/** One Lambda function as plain data: the module that exports its `handler`, and its permissions. */
export interface FunctionSpec {
  readonly entry: string;
  readonly tables: Partial<Record<TableName, TableGrant>>;
  /**
   * Actions on the IVS resources of this account and Region. The app creates these resources while it runs.
   */
  readonly ivs?: Partial<Record<IvsResource, readonly string[]>>;
  /** The memory in MB, if it is not `BACKGROUND_MEMORY_MB`. Lambda allots a share of a processor with it. */
  readonly memoryMb?: number;
  /** The function signs and checks list cursors, so it may read the cursor secret. */
  readonly cursors?: true;
  /** The function signs or checks access tokens, so it may read the secret that signs them. */
  readonly tokens?: true;
  /** The function counts guests by address, so it may read the secret with which CloudFront states addresses. */
  readonly addresses?: true;
  /** Actions on the objects below each prefix of the bucket of images. The function gets `IMAGES_BUCKET`. */
  readonly images?: Partial<Record<'uploads' | 'images', readonly ObjectAction[]>>;
  /** The function returns the URLs of recordings or images, so it gets `RECORDINGS_URL`, and `RECORDING_RETENTION_DAYS` if set. */
  readonly recordings?: true;
  /** The function returns the URL of chat, so it gets `CHAT_ENDPOINT`. */
  readonly chatEndpoint?: true;
  /** The function sends mail if the stage has a sender, so it gets `MAIL_FROM`. */
  readonly mail?: true;
  /** The function reads the metrics of IVS from CloudWatch. */
  readonly ingestMetrics?: true;
  /** The function creates users' IVS resources, so it gets the ARNs that the stack attaches to each. */
  readonly attachments?: true;
  /**
   * The function reviews chat messages, so it gets `CHAT_REVIEW_FALLBACK`. `attachments` includes this
   * variable.
   */
  readonly reviewFallback?: true;
}

/** The types of IVS resources in IAM. The actions of rooms belong to `ivschat`, all others to `ivs`. */
export type IvsResource = 'channel' | 'stream-key' | 'room' | 'stage';

/**
 * The memory of functions for whose answer nobody waits: events, schedules, and players that send samples. A
 * cold start delays them by a fifth of a second, which nobody sees. docs/performance.md has the calculation.
 * https://docs.aws.amazon.com/lambda/latest/dg/configuration-memory.html
 */
export const BACKGROUND_MEMORY_MB = 512;

/**
 * The memory of functions for whose answer a person waits. A cold start, with the first request, needs 90 to
 * 120 ms of a whole processor: 300 to 400 ms with 512 MB, half of it with 1,024 MB. A warm request costs 5 %
 * more, because most of its time is waiting.
 */
const INTERACTIVE_MEMORY_MB = 1024;

/**
 * The memory of functions that hash passwords. A hash takes a third of a second on a whole processor, and
 * more than a second on the share that most functions have. Twice the memory halves the time at the same
 * price.
 * https://docs.aws.amazon.com/lambda/latest/dg/configuration-memory.html
 */
const HASHING_MEMORY_MB = 1024;

/** The grants that deleting a user needs. */
const deletionTables = {
  users: { actions: ['UpdateItem', 'DeleteItem'] },
  usernames: { actions: ['UpdateItem', 'DeleteItem'] },
  channels: { actions: ['BatchGetItem', 'UpdateItem', 'DeleteItem'] },
  chatRooms: { actions: ['BatchGetItem', 'DeleteItem'] },
  stages: { actions: ['GetItem', 'BatchGetItem', 'UpdateItem', 'DeleteItem'] },
  stageParticipants: { actions: ['Query', 'BatchWriteItem'] },
  stageTokens: { actions: ['Query', 'DeleteItem', 'BatchWriteItem'], indexes: ['userIdIndex'] },
  stageRequests: { actions: ['Query', 'DeleteItem', 'BatchWriteItem'], indexes: ['userIdIndex'] },
  streams: { actions: ['Query', 'BatchWriteItem'] },
  streamEvents: { actions: ['Query', 'BatchWriteItem'] },
  metrics: { actions: ['Query', 'BatchWriteItem'] },
  chatMessages: { actions: ['Query', 'BatchWriteItem'] },
  follows: { actions: ['Query', 'DeleteItem'], indexes: ['followersIndex'] },
  bans: { actions: ['Query', 'BatchWriteItem'] },
  emailAddresses: { actions: ['DeleteItem'] },
  emailCodes: { actions: ['DeleteItem'] },
  moderators: { actions: ['Query', 'DeleteItem', 'BatchWriteItem'], indexes: ['userIdIndex'] },
  audit: { actions: ['Query', 'BatchWriteItem'] },
  sessions: { actions: ['BatchWriteItem'], indexes: ['userIdIndex'] },
} as const satisfies FunctionSpec['tables'];

// According to the service authorization reference, some actions apply to a channel and also to its stream
// keys.
const deletionIvs = {
  channel: ['ListStreamKeys', 'StopStream', 'DeleteChannel'],
  'stream-key': ['ListStreamKeys', 'DeleteStreamKey', 'DeleteChannel'],
  room: ['DeleteRoom'],
  stage: ['DisconnectParticipant', 'DeleteStage'],
} as const satisfies FunctionSpec['ivs'];

/** To redirect requests for a former name: see `redirectFormerNames`. */
const formerNames = { actions: ['GetItem'] } as const satisfies TableGrant;

/** To refuse tokens of sign-ins that have ended: see `signInChecks`. */
const signIns = {
  users: { actions: ['BatchGetItem'] },
  sessions: { actions: ['BatchGetItem'] },
} as const satisfies FunctionSpec['tables'];

/** The Lambda functions of the HTTP API, one for each resource. */
export const resourceFunctions = {
  system: { entry: 'lambdas/api/system/handler.ts', tables: {} },
  channels: {
    entry: 'lambdas/api/channels/handler.ts',
    memoryMb: INTERACTIVE_MEMORY_MB,
    tables: {
      ...signIns,
      channels: {
        actions: ['BatchGetItem'],
        indexes: ['usernameIndex', 'liveIndex', 'liveCategoryIndex', 'nameIndex', 'displayNameIndex'],
      },
      rankings: { actions: ['GetItem', 'BatchGetItem'] },
      streams: { actions: ['GetItem'] },
      follows: { actions: ['GetItem'] },
      bans: { actions: ['BatchGetItem'] },
      moderators: { actions: ['BatchGetItem'] },
      usernames: formerNames,
      // None of its routes is counted.
      rateLimits: { actions: [] },
    },
    cursors: true,
    tokens: true,
    recordings: true,
  },
  streams: {
    entry: 'lambdas/api/streams/handler.ts',
    memoryMb: INTERACTIVE_MEMORY_MB,
    tables: {
      ...signIns,
      channels: { actions: ['BatchGetItem'], indexes: ['usernameIndex'] },
      streams: {
        actions: ['GetItem'],
        indexes: ['startedAtIndex', 'vodIndex', 'allVodsIndex', 'categoryVodsIndex'],
      },
      streamEvents: { actions: ['Query'] },
      chatMessages: { actions: ['Query', 'BatchGetItem'] },
      usernames: formerNames,
      rateLimits: { actions: ['UpdateItem'] },
    },
    cursors: true,
    tokens: true,
    addresses: true,
    recordings: true,
  },
  viewers: {
    entry: 'lambdas/api/viewers/handler.ts',
    tables: {
      ...signIns,
      channels: { actions: ['BatchGetItem', 'UpdateItem'], indexes: ['usernameIndex'] },
      streams: { actions: ['BatchGetItem', 'UpdateItem'] },
      metrics: { actions: ['BatchGetItem', 'Query', 'UpdateItem'] },
      viewerSamples: { actions: ['PutItem', 'DeleteItem'] },
      chatMessages: { actions: ['Query'] },
      usernames: formerNames,
      rateLimits: { actions: ['UpdateItem'] },
    },
    cursors: true,
    tokens: true,
    addresses: true,
    ingestMetrics: true,
  },
  chat: {
    entry: 'lambdas/api/chat/handler.ts',
    memoryMb: INTERACTIVE_MEMORY_MB,
    tables: {
      ...signIns,
      channels: { actions: ['BatchGetItem', 'UpdateItem'], indexes: ['usernameIndex'] },
      chatRooms: { actions: ['GetItem', 'UpdateItem'] },
      usernames: { actions: ['GetItem'] },
      users: { actions: ['GetItem', 'BatchGetItem', 'ConditionCheckItem'] },
      bans: {
        actions: ['BatchGetItem', 'ConditionCheckItem', 'PutItem', 'DeleteItem'],
        indexes: ['bannedAtIndex'],
      },
      moderators: {
        actions: ['GetItem', 'BatchGetItem', 'Query', 'ConditionCheckItem', 'PutItem', 'DeleteItem'],
        indexes: ['userIdIndex'],
      },
      // Entries are added and read. Only the deletion of the owner's account deletes them.
      audit: { actions: ['Query', 'PutItem'] },
      // A ban ends the user's participation in the stage.
      stages: { actions: ['GetItem', 'UpdateItem'] },
      stageTokens: { actions: ['DeleteItem'] },
      stageRequests: { actions: ['DeleteItem'] },
      rateLimits: { actions: ['UpdateItem'] },
    },
    ivs: {
      room: ['CreateChatToken', 'DeleteMessage', 'DisconnectUser', 'SendEvent'],
      stage: ['DisconnectParticipant'],
    },
    cursors: true,
    tokens: true,
    addresses: true,
    recordings: true,
    chatEndpoint: true,
  },
  stages: {
    entry: 'lambdas/api/stages/handler.ts',
    memoryMb: INTERACTIVE_MEMORY_MB,
    tables: {
      ...signIns,
      channels: { actions: ['GetItem', 'BatchGetItem'], indexes: ['usernameIndex'] },
      stages: { actions: ['GetItem', 'UpdateItem'], indexes: ['liveIndex'] },
      stageTokens: { actions: ['GetItem', 'PutItem', 'DeleteItem'] },
      stageRequests: { actions: ['GetItem', 'PutItem', 'UpdateItem', 'DeleteItem'] },
      users: { actions: ['GetItem', 'BatchGetItem', 'ConditionCheckItem'] },
      bans: { actions: ['GetItem', 'ConditionCheckItem'] },
      usernames: formerNames,
      rateLimits: { actions: ['UpdateItem'] },
    },
    ivs: { stage: ['CreateParticipantToken', 'DisconnectParticipant'], room: ['SendEvent'] },
    cursors: true,
    tokens: true,
    addresses: true,
    recordings: true,
  },
  ownChannel: {
    entry: 'lambdas/api/ownChannel/handler.ts',
    memoryMb: INTERACTIVE_MEMORY_MB,
    tables: {
      ...signIns,
      channels: { actions: ['GetItem', 'BatchGetItem', 'UpdateItem'], indexes: ['usernameIndex'] },
      streams: { actions: ['BatchGetItem', 'UpdateItem'] },
      categories: { actions: ['BatchGetItem'] },
      users: { actions: ['BatchGetItem', 'ConditionCheckItem'] },
      sessions: { actions: ['BatchGetItem', 'ConditionCheckItem'] },
      usernames: formerNames,
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
    memoryMb: INTERACTIVE_MEMORY_MB,
    tables: {
      ...signIns,
      follows: { actions: ['PutItem', 'DeleteItem'], indexes: ['followedAtIndex', 'followersIndex'] },
      channels: { actions: ['GetItem', 'BatchGetItem', 'UpdateItem'], indexes: ['usernameIndex'] },
      users: { actions: ['BatchGetItem', 'ConditionCheckItem'] },
      usernames: formerNames,
      rateLimits: { actions: ['UpdateItem'] },
      // None of its routes accepts an idempotency key.
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
      // Reading and changing the caller's own account, signing up, and the first part of a deletion.
      ...deletionTables,
      users: {
        actions: ['GetItem', 'BatchGetItem', 'PutItem', 'UpdateItem', 'DeleteItem', 'ConditionCheckItem'],
      },
      usernames: { actions: ['GetItem', 'PutItem', 'UpdateItem'] },
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
    images: { images: ['DeleteObject'] },
    tokens: true,
    addresses: true,
    attachments: true,
    recordings: true,
  },
  images: {
    entry: 'lambdas/api/images/handler.ts',
    memoryMb: INTERACTIVE_MEMORY_MB,
    tables: {
      ...signIns,
      users: { actions: ['GetItem', 'BatchGetItem', 'UpdateItem'] },
      channels: { actions: ['BatchGetItem', 'UpdateItem'] },
      rateLimits: { actions: ['UpdateItem'] },
    },
    // The form of an upload has the permissions of the function that signed it.
    images: { uploads: ['PutObject', 'GetObject', 'DeleteObject'], images: ['PutObject', 'DeleteObject'] },
    tokens: true,
    recordings: true,
  },
  sessions: {
    entry: 'lambdas/api/sessions/handler.ts',
    memoryMb: HASHING_MEMORY_MB,
    tables: {
      users: { actions: ['GetItem', 'BatchGetItem', 'UpdateItem', 'ConditionCheckItem'] },
      usernames: { actions: ['GetItem'] },
      sessions: {
        actions: ['GetItem', 'BatchGetItem', 'PutItem', 'UpdateItem', 'DeleteItem'],
        indexes: ['userIdIndex'],
      },
      rateLimits: { actions: ['GetItem', 'PutItem', 'UpdateItem', 'DeleteItem'] },
      idempotency: { actions: ['GetItem', 'PutItem', 'UpdateItem', 'DeleteItem'] },
    },
    cursors: true,
    tokens: true,
    addresses: true,
  },
  email: {
    entry: 'lambdas/api/email/handler.ts',
    memoryMb: HASHING_MEMORY_MB,
    tables: {
      users: { actions: ['GetItem', 'BatchGetItem', 'UpdateItem', 'ConditionCheckItem'] },
      // Nobody signs in with a name here.
      usernames: { actions: [] },
      sessions: {
        actions: ['BatchGetItem', 'PutItem', 'DeleteItem', 'ConditionCheckItem'],
        indexes: ['userIdIndex'],
      },
      emailAddresses: { actions: ['GetItem', 'PutItem', 'DeleteItem'] },
      emailCodes: { actions: ['GetItem', 'PutItem', 'UpdateItem', 'DeleteItem'] },
      rateLimits: { actions: ['GetItem', 'PutItem', 'UpdateItem', 'DeleteItem'] },
    },
    mail: true,
    tokens: true,
    addresses: true,
  },
  categories: {
    entry: 'lambdas/api/categories/handler.ts',
    memoryMb: INTERACTIVE_MEMORY_MB,
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

/** Invoked by the EventBridge rule. */
export const postStreamEventsFunction: FunctionSpec = {
  entry: 'streamEventsApi/postStreamEvents.ts',
  tables: {
    ...foldTables,
    stages: { actions: ['BatchGetItem', 'UpdateItem'] },
    stageParticipants: { actions: ['BatchGetItem', 'UpdateItem'] },
  },
};

/** Called by IVS Chat before it sends a message. It must answer within 200 ms, cold start included. */
export const moderateChatFunction: FunctionSpec = {
  entry: 'lambdas/chatReview/moderateChat.ts',
  // One whole processor: a review and a cold start are pure computation, and both must finish in the 200 ms
  // that IVS waits. A review of 5 ms then costs 12 cents per million, in addition to 20 cents per million
  // calls.
  // https://docs.aws.amazon.com/lambda/latest/dg/configuration-memory.html
  memoryMb: 1769,
  reviewFallback: true,
  tables: {
    chatRooms: { actions: ['GetItem'] },
    bans: { actions: [], indexes: ['bannedAtIndex'] },
  },
};

/** Invoked by the subscription to the chat rooms' log group. */
export const archiveChatFunction: FunctionSpec = {
  entry: 'lambdas/chatArchive/archiveChat.ts',
  tables: {
    chatRooms: { actions: ['GetItem', 'ConditionCheckItem'] },
    chatMessages: { actions: ['PutItem', 'UpdateItem'] },
  },
};

/** Invoked with the changes of channels and stages. */
export const announceFunction = {
  entry: 'lambdas/announce/announce.ts',
  tables: {
    channels: { actions: [], stream: true },
    stages: { actions: [], stream: true },
    users: { actions: ['GetItem'] },
    chatRooms: { actions: ['GetItem'] },
  },
  ivs: { room: ['SendEvent'] },
} as const satisfies FunctionSpec;

/**
 * How Lambda passes the changes of a table to `announce`, and how often it repeats a change that fails before
 * it is a dead letter. The parts of a shard that run in parallel have different rows.
 * https://docs.aws.amazon.com/lambda/latest/dg/services-ddb-params.html
 */
export const announceSource = {
  tables: ['channels', 'stages'],
  /** Created and deleted rows are not announced. */
  eventNames: ['MODIFY'],
  batchSize: 100,
  parallelBatches: 4,
  retryAttempts: 8,
  maxAgeMinutes: 60,
} as const;

/** Invoked on a schedule. */
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

/** Invoked on a schedule. */
export const readEncodersFunction: FunctionSpec = {
  entry: 'streamEventsApi/readEncodersSchedule.ts',
  tables: {
    channels: { actions: [], indexes: ['liveIndex'] },
    streams: { actions: ['BatchGetItem', 'UpdateItem'] },
  },
  ivs: { channel: ['GetStreamSession'] },
};

/**
 * The period of `readEncoders`, the timeout of a run, and how many calls of `GetStreamSession` a run makes. IVS accepts
 * five calls a second, and the reconciler makes four, so this function makes one.
 */
export const encoderSchedule = {
  everyMinutes: 1,
  timeoutMs: 58_000,
  calls: 40,
  callIntervalMs: 1_000,
} as const;

/** Invoked on a schedule. */
export const rankChannelsFunction: FunctionSpec = {
  entry: 'lambdas/maintenance/rankChannelsSchedule.ts',
  // With 100,000 live channels, a run is mostly parsing.
  memoryMb: INTERACTIVE_MEMORY_MB,
  tables: {
    channels: { actions: [], indexes: ['liveIndex'] },
    rankings: { actions: ['Query', 'PutItem', 'BatchWriteItem'] },
  },
};

/** The period in which live channels are ranked by viewers, and the timeout of a run. */
export const rankingSchedule = { everyMinutes: 1, timeoutMs: 50_000 } as const;

/** Invoked by each deployment, and by local mode when it starts. */
export const seedCategoriesFunction: FunctionSpec = {
  entry: 'lambdas/maintenance/seedCategories.ts',
  tables: { categories: { actions: ['UpdateItem'] } },
};

/**
 * The reconciler's period; its timeout, which is longer, because IVS lists 100,000 live streams in 250 seconds; and how
 * long an open session may be unknown to IVS before the reconciler closes it. While a run is under way, the next one
 * does nothing.
 */
export const reconcileSchedule = { everyMinutes: 5, timeoutMs: 600_000, graceMs: 120_000 } as const;

/** Invoked on a schedule. */
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
  images: { images: ['DeleteObject'] },
  ivs: {
    ...deletionIvs,
    channel: [...deletionIvs.channel, 'UpdateChannel'],
    'stream-key': [...deletionIvs['stream-key'], 'CreateStreamKey', 'TagResource'],
  },
};

/**
 * The period of `finishPending` and the time budget of a run. The budget is shorter, so that runs do not
 * overlap.
 */
export const pendingSchedule = { everyMinutes: 5, budgetMs: 240_000 } as const;

/** Invoked on a schedule. */
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

/**
 * The period of the sweep for IVS resources that no user owns, and the time budget of a run. IVS lists 100
 * resources per page and 4 pages per second, so a run can list 300,000.
 */
export const sweepSchedule = { everyMinutes: 60, budgetMs: 840_000 } as const;

/** Called by Secrets Manager to rotate the secret that signs access tokens. It may use that secret only. */
export const rotateSecretFunction: FunctionSpec = {
  entry: 'lambdas/maintenance/rotateSecret.ts',
  tables: {},
};

/** Every Lambda function of the stack, by the service name in its logs and metrics. */
export const functionSpecs: Readonly<Record<string, FunctionSpec>> = {
  ...resourceFunctions,
  postStreamEvents: postStreamEventsFunction,
  moderateChat: moderateChatFunction,
  archiveChat: archiveChatFunction,
  announce: announceFunction,
  reconcile: reconcileFunction,
  readEncoders: readEncodersFunction,
  rankChannels: rankChannelsFunction,
  finishPending: finishPendingFunction,
  sweepResources: sweepResourcesFunction,
  rotateSecret: rotateSecretFunction,
  seedCategories: seedCategoriesFunction,
};
