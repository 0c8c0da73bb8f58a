import { randomUUID } from 'node:crypto';
import type { OperationId } from '../../model/routes.ts';
import type { Member, TestApi } from '../support/api.ts';

/** The callers of each operation, by the token that they send. */
export const callers = [
  'no token',
  'bad token',
  'expired token',
  'other user',
  'dismissed moderator',
  'moderator',
  'owner',
] as const;
export type Caller = (typeof callers)[number];

/**
 * The scene of a request: an owner who is live, another user who is not, a moderator of the owner's channel, and one who
 * has been dismissed.
 */
export interface Scene {
  readonly owner: Member;
  readonly other: Member;
  readonly moderator: Member;
  readonly dismissed: Member;
  readonly streamId: string;
}

export interface SentRequest {
  readonly path: string;
  readonly body?: object;
}

/** A valid request of an operation, and the statuses it is answered with. */
export interface OperationCase {
  request(scene: Scene): SentRequest;
  /** The status for a guest without a token or with a bad one, for another user, and for the owner. */
  readonly expected: readonly [guest: number, other: number, owner: number];
  /** The status for a moderator and for one who has been dismissed, where it is not that for another user. */
  readonly moderator?: number;
  readonly dismissed?: number;
}

const get = (path: (scene: Scene) => string, expected: OperationCase['expected']): OperationCase => ({
  request: scene => ({ path: path(scene) }),
  expected,
});
const anyone = [200, 200, 200] as const;
const users = [401, 200, 200] as const;
const owners = (status: number) => [401, 403, status] as const;
/** What the owner and the moderators may do. */
const moderators = (status: number) => ({ expected: owners(status), moderator: status });
const page = ({ owner }: Scene) => `/v1/channels/${owner.username}`;
const ban = (scene: Scene) => `${page(scene)}/chat/bans/${scene.other.username}`;
const stage = ({ owner }: Scene) => `/v1/stages/${owner.username}`;
const invitation = ({ other }: Scene) => `/v1/stages/me/invitations/${other.username}`;
const request = ({ other }: Scene) => `/v1/stages/me/requests/${other.username}`;
const own = ({ owner }: Scene) => ({ username: owner.username, password: owner.password });

/** A valid request of every operation. */
export const operationCases: Readonly<Record<OperationId, OperationCase>> = {
  getHealth: get(() => '/v1/health', anyone),
  getOpenApi: get(() => '/v1/openapi.json', anyone),
  listChannels: get(() => '/v1/channels?isLive=true', anyone),
  searchChannels: get(() => '/v1/search?q=a', anyone),
  getChannel: get(page, anyone),
  listStreams: get(scene => `${page(scene)}/streams`, anyone),
  getStream: get(scene => `${page(scene)}/streams/${scene.streamId}`, anyone),
  listRecordings: get(() => '/v1/recordings?categoryId=music', anyone),
  listVods: get(scene => `${page(scene)}/vods`, anyone),
  listStreamEvents: get(scene => `${page(scene)}/streams/${scene.streamId}/events`, [401, 403, 200]),
  listChatMessages: get(scene => `${page(scene)}/streams/${scene.streamId}/chat`, anyone),
  postMetrics: {
    request: scene => ({
      path: `${page(scene)}/streams/${scene.streamId}/metrics`,
      body: { quality: '720p60', latencyMs: 3_000 },
    }),
    expected: anyone,
  },
  // The stream of the scene is live, so it has no finished recording.
  postPlay: {
    request: scene => ({ path: `${page(scene)}/streams/${scene.streamId}/plays` }),
    expected: [409, 409, 409],
  },
  getViewers: get(scene => `${page(scene)}/streams/${scene.streamId}/viewers`, anyone),
  getAnalytics: get(scene => `${page(scene)}/streams/${scene.streamId}/analytics`, owners(200)),
  getEmail: get(() => '/v1/users/me/email', users),
  changeEmail: {
    request: () => ({ path: '/v1/users/me/email', body: { email: `${randomUUID()}@example.com` } }),
    expected: [401, 202, 202],
  },
  removeEmail: { request: () => ({ path: '/v1/users/me/email' }), expected: [401, 204, 204] },
  confirmEmail: {
    // Of no mail.
    request: () => ({ path: '/v1/users/me/email/confirmation', body: { code: '0000-0000-0000' } }),
    expected: [401, 403, 403],
  },
  requestPasswordReset: {
    request: () => ({ path: '/v1/password-resets', body: { email: 'nobody@example.com' } }),
    expected: [202, 202, 202],
  },
  resetPassword: {
    // Of no request.
    request: () => ({
      path: '/v1/password-resets/completion',
      body: { resetId: 'a'.repeat(22), code: '0000-0000-0000', password: 'correct horse battery' },
    }),
    expected: [403, 403, 403],
  },
  listCategories: get(() => '/v1/categories', anyone),
  updateStream: {
    request: scene => ({ path: `${page(scene)}/streams/${scene.streamId}`, body: { title: 'Another' } }),
    expected: [401, 403, 200],
  },
  updateChannel: {
    request: () => ({ path: '/v1/channels/me', body: { title: 'Another' } }),
    expected: users,
  },
  getIngest: get(() => '/v1/channels/me/ingest', users),
  replaceStreamKey: { request: () => ({ path: '/v1/channels/me/stream-key' }), expected: [401, 201, 201] },
  putMetadata: {
    request: () => ({ path: '/v1/channels/me/metadata', body: { metadata: 'goal' } }),
    expected: [401, 409, 204],
  },
  stopStream: { request: () => ({ path: '/v1/channels/me/live' }), expected: [401, 409, 204] },
  followChannel: { request: scene => ({ path: `${page(scene)}/follow` }), expected: [401, 204, 409] },
  unfollowChannel: { request: scene => ({ path: `${page(scene)}/follow` }), expected: [401, 204, 204] },
  listFollowers: get(scene => `${page(scene)}/followers`, owners(200)),
  listFollowing: get(() => '/v1/users/me/following', users),
  createChatToken: {
    request: scene => ({ path: `${page(scene)}/chat/tokens` }),
    expected: [201, 201, 201],
  },
  deleteChatMessage: {
    request: scene => ({
      path: `${page(scene)}/chat/messages/WhO6MW6iRdS5?senderId=${scene.other.userId}&reason=Spoiler`,
    }),
    ...moderators(204),
  },
  listBans: { request: scene => ({ path: `${page(scene)}/chat/bans` }), ...moderators(200) },
  putBan: { request: scene => ({ path: ban(scene), body: { reason: 'Spam' } }), ...moderators(200) },
  deleteBan: { request: scene => ({ path: ban(scene) }), ...moderators(204) },
  listModerators: { request: scene => ({ path: `${page(scene)}/moderators` }), ...moderators(200) },
  appointModerator: {
    request: scene => ({ path: `${page(scene)}/moderators/${scene.other.username}` }),
    expected: owners(200),
  },
  dismissModerator: {
    request: scene => ({ path: `${page(scene)}/moderators/${scene.moderator.username}` }),
    // A moderator can end their own appointment.
    ...moderators(204),
  },
  listModerationLog: { request: scene => ({ path: `${page(scene)}/moderation-log` }), ...moderators(200) },
  listModerated: get(() => '/v1/users/me/moderated-channels', users),
  getBlockedTerms: get(scene => `${page(scene)}/chat/blocked-terms`, owners(200)),
  putBlockedTerms: {
    request: scene => ({ path: `${page(scene)}/chat/blocked-terms`, body: { terms: ['spoiler'] } }),
    expected: owners(200),
  },
  listStages: get(() => '/v1/stages?isLive=true', anyone),
  getStage: get(scene => stage(scene), anyone),
  createStageToken: {
    request: scene => ({ path: `${stage(scene)}/tokens` }),
    expected: [201, 201, 201],
  },
  listStageInvitations: get(() => '/v1/stages/me/invitations', users),
  // The other user would invite themselves.
  inviteToStage: {
    request: scene => ({ path: invitation(scene) }),
    expected: [401, 409, 200],
    moderator: 200,
    dismissed: 200,
  },
  withdrawInvitation: { request: scene => ({ path: invitation(scene) }), expected: [401, 204, 204] },
  disconnectParticipant: {
    request: () => ({ path: '/v1/stages/me/participants/e4Q1rZ8mTnKc' }),
    expected: [401, 204, 204],
  },
  requestStage: { request: scene => ({ path: `${stage(scene)}/request` }), expected: [401, 200, 409] },
  getStageRequest: get(scene => `${stage(scene)}/request`, users),
  withdrawStageRequest: {
    request: scene => ({ path: `${stage(scene)}/request` }),
    expected: [401, 204, 204],
  },
  listStageRequests: get(() => '/v1/stages/me/requests', users),
  declineStageRequest: { request: scene => ({ path: request(scene) }), expected: [401, 204, 204] },
  leaveStage: { request: scene => ({ path: `${stage(scene)}/invitation` }), expected: [401, 204, 204] },
  createUser: {
    request: () => ({
      path: '/v1/users',
      body: { username: `user-${randomUUID().slice(0, 8)}`, password: randomUUID() },
    }),
    expected: [201, 201, 201],
  },
  getMe: get(() => '/v1/users/me', users),
  getUser: get(({ owner }) => `/v1/users/${owner.userId}`, anyone),
  updateMe: {
    request: () => ({ path: '/v1/users/me', body: { username: `user-${randomUUID().slice(0, 8)}` } }),
    expected: users,
  },
  updateProfile: {
    request: () => ({ path: '/v1/users/me/profile', body: { displayName: 'Ann Lee', color: '#FF8800' } }),
    expected: users,
  },
  createImageUpload: {
    request: () => ({ path: '/v1/users/me/images/avatar/uploads', body: { contentType: 'image/png' } }),
    expected: [401, 201, 201],
  },
  confirmImage: {
    // Of nobody.
    request: () => ({ path: '/v1/users/me/images/avatar', body: { uploadId: 'a'.repeat(32) } }),
    expected: [401, 404, 404],
  },
  deleteImage: { request: () => ({ path: '/v1/users/me/images/banner' }), expected: [401, 204, 204] },
  deleteMe: { request: () => ({ path: '/v1/users/me' }), expected: [401, 204, 204] },
  createSession: { request: scene => ({ path: '/v1/sessions', body: own(scene) }), expected: anyone },
  refreshSession: {
    // A made-up token, because each real token works once.
    request: () => ({ path: '/v1/sessions/refresh', body: { refreshToken: 'made-up' } }),
    expected: [401, 401, 401],
  },
  stepUp: {
    request: ({ owner }) => ({ path: '/v1/sessions/step-up', body: { currentPassword: owner.password } }),
    expected: [401, 403, 200],
  },
  deleteSession: { request: () => ({ path: '/v1/sessions' }), expected: [401, 204, 204] },
  listSessions: get(() => '/v1/users/me/sessions', users),
  endOtherSessions: { request: () => ({ path: '/v1/users/me/sessions' }), expected: [401, 204, 204] },
  endSession: {
    request: ({ owner }) => ({ path: `/v1/users/me/sessions/${owner.refreshToken.split('.')[0]}` }),
    expected: [401, 204, 204],
  },
};

/** Makes a new scene. `expired` is the owner's access token from before they signed in again. */
export async function newScene(api: TestApi): Promise<Scene & { readonly expired: string }> {
  const [owner, other, moderator, dismissed] = await Promise.all([
    api.signUp(),
    api.signUp(),
    api.signUp(),
    api.signUp(),
  ]);
  const place = ({ username }: Member) => ({
    params: { path: { username: owner.username, moderatorUsername: username } },
  });
  const path = '/v1/channels/{username}/moderators/{moderatorUsername}';
  for (const member of [moderator, dismissed]) await owner.api.PUT(path, place(member));
  await owner.api.DELETE(path, place(dismissed));
  const streamId = await api.goLive(owner);
  api.clock.advance(16 * 60_000);
  const again = async (member: Member): Promise<Member> => {
    const { username, password } = member;
    const { data } = await api.client().POST('/v1/sessions', { body: { username, password } });
    const { accessToken, refreshToken } = data ?? {};
    if (accessToken === undefined || refreshToken === undefined)
      throw new Error(`${username} cannot sign in`);
    return { ...member, accessToken, refreshToken, api: api.client(accessToken) };
  };
  return {
    owner: await again(owner),
    other: await again(other),
    moderator: await again(moderator),
    dismissed: await again(dismissed),
    streamId,
    expired: owner.accessToken,
  };
}

/** The access token that `caller` sends. */
export function tokenOf(caller: Caller, scene: Awaited<ReturnType<typeof newScene>>): string | undefined {
  const { owner, other, expired } = scene;
  switch (caller) {
    case 'no token':
      return undefined;
    case 'bad token': {
      // The claims of another user with the owner's signature, so the signature is wrong.
      const [header, , signature] = owner.accessToken.split('.');
      return [header, other.accessToken.split('.')[1], signature].join('.');
    }
    case 'expired token':
      return expired;
    case 'other user':
      return other.accessToken;
    case 'dismissed moderator':
      return scene.dismissed.accessToken;
    case 'moderator':
      return scene.moderator.accessToken;
    case 'owner':
      return owner.accessToken;
  }
}
