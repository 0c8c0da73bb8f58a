/** The most that a cold start may load: the files of a bundle without those that are loaded later. */
export interface Budget {
  /** Thousands of bytes, minified. */
  readonly kB: number;
  /** The files that something is taken from. */
  readonly modules: number;
}

/**
 * The budget of each function's bundle. A third of the time of an import is compiling these bytes, so a
 * bundle that grows makes the first users of a new Lambda environment wait. `node --import tsx
 * bench/bundles.ts` shows what a change costs.
 */
export const bundleBudgets: Readonly<Record<string, Budget>> = {
  // Two thirds are the OpenAPI document, a text that is only parsed when a request asks for it.
  system: { kB: 470, modules: 95 },
  categories: { kB: 296, modules: 385 },
  channels: { kB: 332, modules: 430 },
  streams: { kB: 340, modules: 435 },
  viewers: { kB: 352, modules: 440 },
  sessions: { kB: 342, modules: 432 },
  email: { kB: 366, modules: 458 },
  follows: { kB: 354, modules: 448 },
  ownChannel: { kB: 358, modules: 456 },
  chat: { kB: 370, modules: 483 },
  stages: { kB: 366, modules: 477 },
  images: { kB: 345, modules: 455 },
  users: { kB: 416, modules: 506 },
  postStreamEvents: { kB: 285, modules: 360 },
  moderateChat: { kB: 140, modules: 30 },
  archiveChat: { kB: 260, modules: 330 },
  announce: { kB: 325, modules: 425 },
  reconcile: { kB: 345, modules: 395 },
  readEncoders: { kB: 320, modules: 400 },
  rankChannels: { kB: 300, modules: 400 },
  finishPending: { kB: 430, modules: 520 },
  sweepResources: { kB: 375, modules: 470 },
  rotateSecret: { kB: 235, modules: 335 },
  seedCategories: { kB: 230, modules: 325 },
};

/** The most that one package may take in any bundle, in thousands of bytes. */
export const packageBudgets: Readonly<Record<string, number>> = {
  '@aws-lambda-powertools/logger': 18,
  '@aws-lambda-powertools/metrics': 12,
  '@aws-sdk/client-dynamodb': 33,
  '@aws-sdk/client-ivs': 35,
  '@aws-sdk/client-ivs-realtime': 32,
  '@aws-sdk/client-ivschat': 18,
  '@aws-sdk/client-secrets-manager': 15,
  '@aws-sdk/core': 42,
  '@aws-sdk/lib-dynamodb': 9,
  '@smithy/core': 118,
  '@smithy/node-http-handler': 9,
  '@smithy/signature-v4': 11,
  aws4fetch: 9,
  hono: 34,
  jose: 21,
  zod: 48,
};

/** The most that any other package may take. */
export const OTHER_PACKAGE_KB = 7;
