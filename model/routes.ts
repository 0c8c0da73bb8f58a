import type { ResourceName } from './functions.ts';

export interface RouteSpec {
  readonly resource: ResourceName;
  readonly method: 'get' | 'post' | 'put' | 'patch' | 'delete';
  /** OpenAPI and API Gateway use the same syntax for a parameter: `{username}`. */
  readonly path: `/v1/${string}`;
}

/**
 * Every route by its operation id. API Gateway's routes, the Hono routes and the OpenAPI document derive from
 * it.
 */
export const routes = {
  getHealth: { resource: 'system', method: 'get', path: '/v1/health' },
  getOpenApi: { resource: 'system', method: 'get', path: '/v1/openapi.json' },
  listChannels: { resource: 'channels', method: 'get', path: '/v1/channels' },
  getChannel: { resource: 'channels', method: 'get', path: '/v1/channels/{username}' },
  searchChannels: { resource: 'channels', method: 'get', path: '/v1/search' },
  listStreams: { resource: 'streams', method: 'get', path: '/v1/channels/{username}/streams' },
  getStream: { resource: 'streams', method: 'get', path: '/v1/channels/{username}/streams/{streamId}' },
  listRecordings: { resource: 'streams', method: 'get', path: '/v1/recordings' },
  listVods: { resource: 'streams', method: 'get', path: '/v1/channels/{username}/vods' },
  listStreamEvents: {
    resource: 'streams',
    method: 'get',
    path: '/v1/channels/{username}/streams/{streamId}/events',
  },
  listChatMessages: {
    resource: 'streams',
    method: 'get',
    path: '/v1/channels/{username}/streams/{streamId}/chat',
  },
  postMetrics: {
    resource: 'viewers',
    method: 'post',
    path: '/v1/channels/{username}/streams/{streamId}/metrics',
  },
  postPlay: {
    resource: 'viewers',
    method: 'post',
    path: '/v1/channels/{username}/streams/{streamId}/plays',
  },
  getViewers: {
    resource: 'viewers',
    method: 'get',
    path: '/v1/channels/{username}/streams/{streamId}/viewers',
  },
  getAnalytics: {
    resource: 'viewers',
    method: 'get',
    path: '/v1/channels/{username}/streams/{streamId}/analytics',
  },
  updateStream: {
    resource: 'ownChannel',
    method: 'patch',
    path: '/v1/channels/{username}/streams/{streamId}',
  },
  updateChannel: { resource: 'ownChannel', method: 'patch', path: '/v1/channels/me' },
  getIngest: { resource: 'ownChannel', method: 'get', path: '/v1/channels/me/ingest' },
  replaceStreamKey: { resource: 'ownChannel', method: 'post', path: '/v1/channels/me/stream-key' },
  putMetadata: { resource: 'ownChannel', method: 'post', path: '/v1/channels/me/metadata' },
  stopStream: { resource: 'ownChannel', method: 'delete', path: '/v1/channels/me/live' },
  followChannel: { resource: 'follows', method: 'put', path: '/v1/channels/{username}/follow' },
  unfollowChannel: { resource: 'follows', method: 'delete', path: '/v1/channels/{username}/follow' },
  listFollowers: { resource: 'follows', method: 'get', path: '/v1/channels/{username}/followers' },
  listFollowing: { resource: 'follows', method: 'get', path: '/v1/users/me/following' },
  createChatToken: { resource: 'chat', method: 'post', path: '/v1/channels/{username}/chat/tokens' },
  deleteChatMessage: {
    resource: 'chat',
    method: 'delete',
    path: '/v1/channels/{username}/chat/messages/{messageId}',
  },
  listBans: { resource: 'chat', method: 'get', path: '/v1/channels/{username}/chat/bans' },
  putBan: { resource: 'chat', method: 'put', path: '/v1/channels/{username}/chat/bans/{bannedUsername}' },
  deleteBan: {
    resource: 'chat',
    method: 'delete',
    path: '/v1/channels/{username}/chat/bans/{bannedUsername}',
  },
  getBlockedTerms: { resource: 'chat', method: 'get', path: '/v1/channels/{username}/chat/blocked-terms' },
  putBlockedTerms: { resource: 'chat', method: 'put', path: '/v1/channels/{username}/chat/blocked-terms' },
  listModerators: { resource: 'chat', method: 'get', path: '/v1/channels/{username}/moderators' },
  appointModerator: {
    resource: 'chat',
    method: 'put',
    path: '/v1/channels/{username}/moderators/{moderatorUsername}',
  },
  dismissModerator: {
    resource: 'chat',
    method: 'delete',
    path: '/v1/channels/{username}/moderators/{moderatorUsername}',
  },
  listModerationLog: { resource: 'chat', method: 'get', path: '/v1/channels/{username}/moderation-log' },
  listModerated: { resource: 'chat', method: 'get', path: '/v1/users/me/moderated-channels' },
  listStages: { resource: 'stages', method: 'get', path: '/v1/stages' },
  getStage: { resource: 'stages', method: 'get', path: '/v1/stages/{username}' },
  createStageToken: { resource: 'stages', method: 'post', path: '/v1/stages/{username}/tokens' },
  listStageInvitations: { resource: 'stages', method: 'get', path: '/v1/stages/me/invitations' },
  inviteToStage: { resource: 'stages', method: 'put', path: '/v1/stages/me/invitations/{username}' },
  withdrawInvitation: { resource: 'stages', method: 'delete', path: '/v1/stages/me/invitations/{username}' },
  disconnectParticipant: {
    resource: 'stages',
    method: 'delete',
    path: '/v1/stages/me/participants/{participantId}',
  },
  requestStage: { resource: 'stages', method: 'put', path: '/v1/stages/{username}/request' },
  getStageRequest: { resource: 'stages', method: 'get', path: '/v1/stages/{username}/request' },
  withdrawStageRequest: { resource: 'stages', method: 'delete', path: '/v1/stages/{username}/request' },
  listStageRequests: { resource: 'stages', method: 'get', path: '/v1/stages/me/requests' },
  declineStageRequest: { resource: 'stages', method: 'delete', path: '/v1/stages/me/requests/{username}' },
  leaveStage: { resource: 'stages', method: 'delete', path: '/v1/stages/{username}/invitation' },
  createUser: { resource: 'users', method: 'post', path: '/v1/users' },
  getMe: { resource: 'users', method: 'get', path: '/v1/users/me' },
  updateMe: { resource: 'users', method: 'patch', path: '/v1/users/me' },
  updateProfile: { resource: 'users', method: 'patch', path: '/v1/users/me/profile' },
  createImageUpload: { resource: 'images', method: 'post', path: '/v1/users/me/images/{kind}/uploads' },
  confirmImage: { resource: 'images', method: 'put', path: '/v1/users/me/images/{kind}' },
  deleteImage: { resource: 'images', method: 'delete', path: '/v1/users/me/images/{kind}' },
  deleteMe: { resource: 'users', method: 'delete', path: '/v1/users/me' },
  getUser: { resource: 'users', method: 'get', path: '/v1/users/{userId}' },
  createSession: { resource: 'sessions', method: 'post', path: '/v1/sessions' },
  refreshSession: { resource: 'sessions', method: 'post', path: '/v1/sessions/refresh' },
  stepUp: { resource: 'sessions', method: 'post', path: '/v1/sessions/step-up' },
  deleteSession: { resource: 'sessions', method: 'delete', path: '/v1/sessions' },
  listSessions: { resource: 'sessions', method: 'get', path: '/v1/users/me/sessions' },
  endOtherSessions: { resource: 'sessions', method: 'delete', path: '/v1/users/me/sessions' },
  endSession: { resource: 'sessions', method: 'delete', path: '/v1/users/me/sessions/{sessionId}' },
  getEmail: { resource: 'email', method: 'get', path: '/v1/users/me/email' },
  changeEmail: { resource: 'email', method: 'put', path: '/v1/users/me/email' },
  removeEmail: { resource: 'email', method: 'delete', path: '/v1/users/me/email' },
  confirmEmail: { resource: 'email', method: 'post', path: '/v1/users/me/email/confirmation' },
  requestPasswordReset: { resource: 'email', method: 'post', path: '/v1/password-resets' },
  resetPassword: { resource: 'email', method: 'post', path: '/v1/password-resets/completion' },
  listCategories: { resource: 'categories', method: 'get', path: '/v1/categories' },
} as const satisfies Record<string, RouteSpec>;
export type OperationId = keyof typeof routes;

/** The resource that answers requests that match no route, with a problem document. */
export const fallbackResource: ResourceName = 'system';
