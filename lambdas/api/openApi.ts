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

// The version of the contract, not of the code: raised when what a client can rely on changes.
const VERSION = '1.0.0';

/** The OpenAPI 3.1 document of every resource, made from the routes' definitions alone: no handler is loaded. */
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
        'Channels, their streams and what is live now. Times are ISO 8601 in UTC. Errors are problem documents ' +
        '(RFC 9457): decide by their `type`. A query parameter that a route does not name is refused. A path ' +
        'that names nothing, or cannot name anything, is a 404.',
      license: { name: 'Apache-2.0', url: 'https://www.apache.org/licenses/LICENSE-2.0' },
    },
    servers: [{ url: '/' }],
    tags: [
      { name: 'channels', description: 'The directory and channels’ pages.' },
      { name: 'streams', description: 'Channels’ streams, past and present.' },
      { name: 'viewers', description: 'How many watch a stream, and how it plays.' },
      { name: 'ownChannel', description: 'What owners do with their channels.' },
      { name: 'chat', description: 'Chat rooms: who may do what in them.' },
      { name: 'stages', description: 'Stages, where a host and guests are seen together.' },
      { name: 'follows', description: 'Who follows whom.' },
      { name: 'categories', description: 'What channels are about.' },
      { name: 'users', description: 'Accounts, and what is made for them at Amazon IVS.' },
      { name: 'sessions', description: 'Signing in and out.' },
      { name: 'system', description: 'The API itself.' },
    ],
  });
}
