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
  /** It signs and checks list cursors, so it may read the cursor secret. */
  readonly cursors?: true;
  /** It signs or checks access tokens, so it may read the secret that signs them. */
  readonly tokens?: true;
}

/** Kinds of IVS resources, as IAM tells them apart. The actions of rooms are `ivschat`'s, all others `ivs`'s. */
export type IvsResource = 'channel' | 'stream-key' | 'room' | 'stage';

/** The Lambdas of the HTTP API, one a resource. */
export const resourceFunctions = {
  system: { entry: 'lambdas/system/handler.ts', tables: {} },
  channels: {
    entry: 'lambdas/channels/handler.ts',
    tables: {
      channels: { actions: [], indexes: ['usernameIndex', 'liveIndex', 'liveCategoryIndex'] },
      streams: { actions: ['GetItem'] },
    },
    cursors: true,
  },
  streams: {
    entry: 'lambdas/streams/handler.ts',
    tables: {
      channels: { actions: [], indexes: ['usernameIndex'] },
      streams: { actions: ['GetItem'], indexes: ['startedAtIndex'] },
    },
    cursors: true,
  },
  categories: {
    entry: 'lambdas/categories/handler.ts',
    tables: { categories: { actions: [], indexes: ['sortOrderIndex'] } },
    cursors: true,
  },
} as const satisfies Record<string, FunctionSpec>;
export type ResourceName = keyof typeof resourceFunctions;

const foldTables = {
  channels: { actions: ['BatchGetItem', 'UpdateItem'] },
  streams: { actions: ['BatchGetItem', 'PutItem', 'UpdateItem'], indexes: ['startedAtIndex'] },
  streamEvents: { actions: ['PutItem'] },
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

/** Run on a schedule. */
export const reconcileFunction: FunctionSpec = {
  entry: 'streamEventsApi/reconcileSchedule.ts',
  tables: {
    ...foldTables,
    streams: {
      actions: ['BatchGetItem', 'PutItem', 'UpdateItem'],
      indexes: ['startedAtIndex', 'isOpenIndex'],
    },
  },
  ivs: { channel: ['ListStreams', 'GetStreamSession'] },
};

/** How often the reconciler runs, and how long an open session may be unknown to IVS before it is closed. */
export const reconcileSchedule = { everyMinutes: 5, graceMs: 120_000 } as const;

/** The environment variable that names the secret which signs list cursors. */
export const CURSOR_SECRET_VARIABLE = 'CURSOR_SECRET_ID';

/** The environment variable that lists the origins browsers may call from: a comma list, or `*`. */
export const ALLOWED_ORIGINS_VARIABLE = 'ALLOWED_ORIGINS';
