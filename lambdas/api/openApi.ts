import { OpenAPIHono } from '@hono/zod-openapi';
import { listCategoriesRoute } from './categories/routes.ts';
import { getChannelRoute, listChannelsRoute } from './channels/routes.ts';
import {
  createChatTokenRoute,
  deleteBanRoute,
  deleteChatMessageRoute,
  getBlockedTermsRoute,
  listBansRoute,
  putBanRoute,
  putBlockedTermsRoute,
} from './chat/routes.ts';
import { followChannelRoute, listFollowingRoute, unfollowChannelRoute } from './follows/routes.ts';
import { securityScheme } from './http/declarations.ts';
import { headerComponents } from './http/route.ts';
import {
  getIngestRoute,
  putMetadataRoute,
  replaceStreamKeyRoute,
  stopStreamRoute,
  updateChannelRoute,
  updateStreamRoute,
} from './ownChannel/routes.ts';
import {
  createSessionRoute,
  deleteSessionRoute,
  refreshSessionRoute,
  stepUpRoute,
} from './sessions/routes.ts';
import {
  createStageTokenRoute,
  disconnectParticipantRoute,
  getStageRoute,
  inviteToStageRoute,
  listStageInvitationsRoute,
  withdrawInvitationRoute,
} from './stages/routes.ts';
import { listChatMessagesRoute, listStreamEventsRoute } from './streams/chatRoutes.ts';
import { getStreamRoute, listStreamsRoute, listVodsRoute } from './streams/routes.ts';
import { getHealthRoute, getOpenApiRoute } from './system/routes.ts';
import { createUserRoute, deleteMeRoute, getMeRoute, updateMeRoute } from './users/routes.ts';
import { getAnalyticsRoute, getViewersRoute, postMetricsRoute } from './viewers/routes.ts';

const definitions = [
  listChannelsRoute,
  getChannelRoute,
  listStreamsRoute,
  getStreamRoute,
  listVodsRoute,
  listStreamEventsRoute,
  listChatMessagesRoute,
  postMetricsRoute,
  getViewersRoute,
  getAnalyticsRoute,
  updateChannelRoute,
  updateStreamRoute,
  getIngestRoute,
  replaceStreamKeyRoute,
  putMetadataRoute,
  stopStreamRoute,
  createChatTokenRoute,
  deleteChatMessageRoute,
  listBansRoute,
  putBanRoute,
  deleteBanRoute,
  getBlockedTermsRoute,
  putBlockedTermsRoute,
  getStageRoute,
  createStageTokenRoute,
  listStageInvitationsRoute,
  inviteToStageRoute,
  withdrawInvitationRoute,
  disconnectParticipantRoute,
  followChannelRoute,
  unfollowChannelRoute,
  listFollowingRoute,
  listCategoriesRoute,
  createUserRoute,
  getMeRoute,
  updateMeRoute,
  deleteMeRoute,
  createSessionRoute,
  refreshSessionRoute,
  stepUpRoute,
  deleteSessionRoute,
  getHealthRoute,
  getOpenApiRoute,
];

// The version of the API contract, not of the code. Raise it when the contract changes for clients.
const VERSION = '1.0.0';

/**
 * Builds the OpenAPI 3.1 document of the whole API from the route definitions, without loading the handlers.
 */
export function openApiDocument() {
  const app = new OpenAPIHono();
  for (const [name, header] of Object.entries(headerComponents))
    app.openAPIRegistry.registerComponent('headers', name, header);
  app.openAPIRegistry.registerComponent('securitySchemes', 'bearerAuth', securityScheme);
  for (const definition of definitions) app.openAPIRegistry.registerPath(definition);
  return app.getOpenAPI31Document({
    openapi: '3.1.0',
    info: {
      title: 'Live streaming API',
      version: VERSION,
      description:
        'Channels, streams, chat and accounts of a live streaming platform. Times are ISO 8601 in UTC. ' +
        'Errors are problem documents (RFC 9457): branch on their `type`. An unknown query parameter is ' +
        'an error (422). An unknown path, or a path parameter that is not valid, returns a 404.',
      license: { name: 'Apache-2.0', url: 'https://www.apache.org/licenses/LICENSE-2.0' },
    },
    servers: [{ url: '/' }],
    tags: [
      { name: 'channels', description: 'The list of live channels, and the channels.' },
      { name: 'streams', description: 'The streams of a channel, open and ended.' },
      { name: 'viewers', description: 'The number of viewers of a stream, and its playback metrics.' },
      { name: 'ownChannel', description: "Actions of a channel's owner." },
      { name: 'chat', description: 'Chat tokens, bans and blocked terms.' },
      { name: 'stages', description: 'Stages, on which a host and guests publish together.' },
      { name: 'follows', description: 'Follows between users and channels.' },
      { name: 'categories', description: 'The categories of channels.' },
      { name: 'users', description: 'Accounts and their Amazon IVS resources.' },
      { name: 'sessions', description: 'Sign-in, refresh and sign-out.' },
      { name: 'system', description: 'The API itself.' },
    ],
  });
}
