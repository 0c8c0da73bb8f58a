import { gzipSync } from 'node:zlib';
import { expect } from '@jest/globals';
import { z } from 'zod';
import { type OperationId, routes } from '../../../model/routes.ts';
import { stageEvent, stateEvent } from '../../support/ivsEvents.ts';
import { putRows } from '../../support/rows.ts';
import { ownedBy, PASSWORD, type SignedIn, signedIn } from './accountUses.ts';
import { type ApiRequest, countList, requestApi } from './apiRequests.ts';
import type { AssembledStack } from './assembledStack.ts';

/** The routes around a broadcast, ordered so that each leaves the data that the next needs. */
export const liveOperations = [
  'postMetrics',
  'getViewers',
  'getAnalytics',
  'putBlockedTerms',
  'getBlockedTerms',
  'createChatToken',
  'putBan',
  'listBans',
  'deleteBan',
  'appointModerator',
  'listModerators',
  'listModerated',
  'deleteChatMessage',
  'dismissModerator',
  'listModerationLog',
  'listChatMessages',
  'listStreamEvents',
  'createStageToken',
  'requestStage',
  'getStageRequest',
  'listStageRequests',
  'declineStageRequest',
  'withdrawStageRequest',
  'inviteToStage',
  'listStageInvitations',
  'getStage',
  'listStages',
  'withdrawInvitation',
  'leaveStage',
  'disconnectParticipant',
] as const satisfies readonly OperationId[];
export type LiveOperation = (typeof liveOperations)[number];

const STREAM_ID = 'st-Erin0000000000000000000';
const reviewAnswer = z.object({ ReviewResult: z.string(), Content: z.string() });
const takenSample = z.object({ viewerToken: z.string() });
const stageToken = z.object({ participantId: z.string(), capabilities: z.array(z.string()) });

/**
 * Uses every permission of the routes around a broadcast, and of the functions for IVS Chat and its log. It is erin's
 * broadcast, and finn watches. Both have signed up.
 */
export function liveUses(stack: AssembledStack): Record<LiveOperation, () => Promise<void>> {
  const people = new Map<string, Promise<SignedIn>>();
  const person = (username: string): Promise<SignedIn> => {
    const found = people.get(username) ?? signIn(username);
    people.set(username, found);
    return found;
  };
  const signIn = async (username: string): Promise<SignedIn> => {
    const request = { method: 'POST', body: { username, password: PASSWORD } };
    return signedIn.parse((await requestApi(stack, 'sessions', '/v1/sessions', request)).body);
  };
  const as = async (username: string | undefined): Promise<ApiRequest> =>
    username === undefined ? {} : { token: (await person(username)).accessToken };

  const answers = async (
    operation: OperationId,
    path: string,
    { by, body, status }: { readonly by?: string; readonly body?: unknown; readonly status: number },
  ): Promise<unknown> => {
    const { resource, method } = routes[operation];
    const request = { method: method.toUpperCase(), ...(await as(by)), body };
    const answer = await requestApi(stack, resource, path, request);
    expect({ operation, ...answer }).toMatchObject({ operation, status });
    return answer.body;
  };
  const ownOf = async (username: string, kind: 'channel' | 'room' | 'stage'): Promise<string> => {
    const found = ownedBy(stack, (await person(username)).user.id).find(arn => arn.includes(`:${kind}/`));
    if (found === undefined) throw new Error(`${username} has no ${kind}`);
    return found;
  };
  const erinsOf = (kind: 'channel' | 'room') => ownOf('erin', kind);
  const tell = async (name: string): Promise<void> => {
    const resources = [await erinsOf('channel')];
    await stack.invoke(
      'postStreamEvents',
      stateEvent(name, STREAM_ID, new Date().toISOString(), { resources }),
    );
  };
  const review = async (by: string, Content: string) =>
    reviewAnswer.parse(
      await stack.invoke('moderateChat', {
        Content,
        MessageId: 'WhO6MW6iRdS5',
        RoomArn: await erinsOf('room'),
        Attributes: {},
        Sender: { UserId: (await person(by)).user.id, Ip: '203.0.113.7', Attributes: { username: by } },
      }),
    );

  const stream = `/v1/channels/erin/streams/${STREAM_ID}`;
  const chat = '/v1/channels/erin/chat';
  const moderators = '/v1/channels/erin/moderators';
  const metrics = async (viewerToken?: string, status = 200) =>
    answers('postMetrics', `${stream}/metrics`, {
      body: { ...(viewerToken === undefined ? {} : { viewerToken }), quality: '720p60', latencyMs: 3_000 },
      status,
    });

  return {
    postMetrics: async () => {
      await tell('Session Created');
      await tell('Stream Start');
      const { viewerToken } = takenSample.parse(await metrics());
      await metrics(viewerToken);
      // The follow was stored but not counted, so it is deleted and the next request counts it.
      stack.refuseNext('viewers', 'UpdateItem', stack.database.names.metrics);
      await metrics(undefined, 500);
    },

    getViewers: async () => {
      // The name of dora, who was deleted.
      await answers('getViewers', `/v1/channels/dora/streams/${STREAM_ID}/viewers`, { status: 404 });
      expect(await answers('getViewers', `${stream}/viewers`, { status: 200 })).toMatchObject({ viewers: 1 });
    },

    getAnalytics: async () => {
      const seen = await answers('getAnalytics', `${stream}/analytics`, { by: 'erin', status: 200 });
      expect(seen).toMatchObject({ peakViewers: 1 });
    },

    putBlockedTerms: async () => {
      const body = { terms: ['spoiler'] };
      await answers('putBlockedTerms', `${chat}/blocked-terms`, { by: 'erin', body, status: 200 });
    },

    getBlockedTerms: async () => {
      const terms = await answers('getBlockedTerms', `${chat}/blocked-terms`, { by: 'erin', status: 200 });
      expect(terms).toEqual({ terms: ['spoiler'] });
    },

    createChatToken: async () => {
      for (const by of [undefined, 'finn', 'erin'])
        expect(
          await answers('createChatToken', `${chat}/tokens`, { ...(by && { by }), status: 201 }),
        ).toMatchObject({ endpoint: 'wss://edge.ivschat.us-west-2.amazonaws.com' });
    },

    putBan: async () => {
      const ban = { by: 'erin', body: { reason: 'Spam' }, status: 200 };
      await answers('putBan', `${chat}/bans/finn`, ban);
      await answers('createChatToken', `${chat}/tokens`, { by: 'finn', status: 403 });
      // A message waits for the room's rules only briefly, so on a busy computer some are accepted before the rules are read.
      for (let passed = 0; (await review('finn', 'hello')).ReviewResult !== 'DENY'; passed++)
        expect(passed).toBeLessThan(100);
      expect(await review('gina', 'no spoiler')).toEqual({ ReviewResult: 'ALLOW', Content: 'no *******' });
    },

    listBans: async () => {
      await answers('putBan', `${chat}/bans/gina`, { by: 'erin', body: {}, status: 200 });
      expect(await countList(stack, 'chat', `${chat}/bans`, await as('erin'))).toBe(2);
    },

    deleteBan: async () => {
      await answers('deleteBan', `${chat}/bans/finn`, { by: 'erin', status: 204 });
      await answers('createChatToken', `${chat}/tokens`, { by: 'finn', status: 201 });
    },

    appointModerator: async () => {
      for (let time = 0; time < 2; time++)
        await answers('appointModerator', `${moderators}/finn`, { by: 'erin', status: 200 });
      await answers('putBan', `${chat}/bans/finn`, { by: 'erin', body: {}, status: 409 });
    },

    listModerators: async () => {
      expect(await countList(stack, 'chat', moderators, await as('finn'))).toBe(1);
    },

    listModerated: async () => {
      expect(await countList(stack, 'chat', '/v1/users/me/moderated-channels', await as('finn'))).toBe(1);
    },

    deleteChatMessage: async () => {
      await answers('deleteChatMessage', `${chat}/messages/WhO6MW6iRdS5`, { by: 'finn', status: 204 });
    },

    dismissModerator: async () => {
      await answers('dismissModerator', `${moderators}/finn`, { by: 'erin', status: 204 });
    },

    listModerationLog: async () => {
      const path = '/v1/channels/erin/moderation-log';
      // Bans of finn and gina, the end of one, an appointment, a deleted message, and a dismissal.
      expect(await countList(stack, 'chat', path, await as('erin'))).toBe(6);
    },

    listChatMessages: async () => {
      const sender = { UserId: (await person('finn')).user.id, Attributes: { username: 'finn' } };
      const now = new Date().toISOString();
      const message = (Id: string, Content: string) =>
        logged('MESSAGE', { Id, Content, SendTime: now, Sender: sender });
      const EventName = 'aws:DELETE_MESSAGE';
      const deletion = { EventName, Attributes: { MessageID: 'M2YcHkgffEvU' }, SendTime: now };
      const lines = [
        message('WhO6MW6iRdS5', 'hi'),
        message('M2YcHkgffEvU', 'oops'),
        logged('EVENT', deletion),
      ];
      // CloudWatch Logs delivers at least once.
      for (const batch of [lines, lines])
        await stack.invoke('archiveChat', subscriptionEvent(await erinsOf('room'), batch));
      // The messages of a seeded room are deleted with it.
      const room = { id: 'mock-room', arn: 'arn:aws:ivschat:us-west-2:123456789012:room/mock-room' };
      await putRows(stack.database, 'chatRooms', [room]);
      await stack.invoke('archiveChat', subscriptionEvent(room.arn, [message('WhO6MW6iRdS5', 'hi')]));
      expect(await countList(stack, 'streams', `${stream}/chat`)).toBe(2);
      expect(await answers('listChatMessages', `${stream}/chat`, { status: 200 })).toMatchObject({
        items: expect.arrayContaining([
          expect.objectContaining({ id: 'WhO6MW6iRdS5', content: 'hi' }),
          expect.objectContaining({ id: 'M2YcHkgffEvU', isDeleted: true, content: null }),
        ]),
      });
    },

    listStreamEvents: async () => {
      expect(await countList(stack, 'streams', `${stream}/events`, await as('erin'))).toBe(2);
      await answers('listStreamEvents', `${stream}/events`, { by: 'finn', status: 403 });
    },

    createStageToken: async () => {
      const may = async (by: string | undefined) =>
        stageToken.parse(
          await answers('createStageToken', '/v1/stages/erin/tokens', { ...(by && { by }), status: 201 }),
        ).capabilities;
      expect(await may('erin')).toEqual(['PUBLISH', 'SUBSCRIBE']);
      expect(await may('finn')).toEqual(['SUBSCRIBE']);
      expect(await may(undefined)).toEqual(['SUBSCRIBE']);
    },

    requestStage: async () => {
      const path = '/v1/stages/erin/request';
      for (const by of ['finn', 'finn'])
        expect(await answers('requestStage', path, { by, status: 200 })).toMatchObject({ state: 'open' });
    },

    getStageRequest: async () => {
      const path = '/v1/stages/erin/request';
      const seen = await answers('getStageRequest', path, { by: 'finn', status: 200 });
      expect(seen).toMatchObject({ state: 'open' });
    },

    listStageRequests: async () => {
      const token = await as('erin');
      expect(await countList(stack, 'stages', '/v1/stages/me/requests', token)).toBe(1);
    },

    declineStageRequest: async () => {
      await answers('declineStageRequest', '/v1/stages/me/requests/finn', { by: 'erin', status: 204 });
      await answers('requestStage', '/v1/stages/erin/request', { by: 'finn', status: 409 });
    },

    withdrawStageRequest: async () => {
      const path = '/v1/stages/finn/request';
      const resources = [await ownOf('finn', 'channel')];
      const told = (name: string) => {
        const event = stateEvent(name, 'st-Finn', new Date().toISOString(), { resources });
        return stack.invoke('postStreamEvents', event);
      };
      await told('Session Created');
      await told('Stream Start');
      await answers('requestStage', path, { by: 'erin', status: 200 });
      await answers('withdrawStageRequest', path, { by: 'erin', status: 204 });
      await told('Stream End');
      await told('Session Ended');
    },

    inviteToStage: async () => {
      const invited = await answers('inviteToStage', '/v1/stages/me/invitations/finn', {
        by: 'erin',
        status: 200,
      });
      const joining = await answers('createStageToken', '/v1/stages/erin/tokens', {
        by: 'finn',
        status: 201,
      });
      const { participantId, capabilities } = stageToken.parse(joining);
      expect(capabilities).toEqual(['PUBLISH', 'SUBSCRIBE']);
      expect(invited).toMatchObject({ participantId });
    },

    listStageInvitations: async () => {
      const path = '/v1/stages/me/invitations';
      expect(await answers('listStageInvitations', path, { by: 'erin', status: 200 })).toMatchObject({
        items: [{ guest: { username: 'finn' } }],
      });
    },

    getStage: async () => {
      await answers('getStage', '/v1/stages/dora', { status: 404 });
      expect(await answers('getStage', '/v1/stages/erin', { status: 200 })).toMatchObject({ isLive: false });
    },

    listStages: async () => {
      for (const host of ['finn', 'erin']) {
        const resources = [await ownOf(host, 'stage')];
        const event = stageEvent('Participant Published', host, new Date().toISOString(), { resources });
        await stack.invoke('postStreamEvents', event);
      }
      expect(await countList(stack, 'stages', '/v1/stages?isLive=true')).toBe(2);
      expect(await answers('listStages', '/v1/stages?isLive=true', { status: 200 })).toMatchObject({
        items: [{ username: 'erin', publisherCount: 1 }, { username: 'finn' }],
      });
    },

    withdrawInvitation: async () => {
      await answers('withdrawInvitation', '/v1/stages/me/invitations/finn', { by: 'erin', status: 204 });
    },

    leaveStage: async () => {
      await answers('leaveStage', '/v1/stages/erin/invitation', { by: 'finn', status: 204 });
      // A ban ends an invitation and a request.
      await answers('deleteBan', `${chat}/bans/gina`, { by: 'erin', status: 204 });
      await answers('requestStage', '/v1/stages/erin/request', { by: 'gina', status: 200 });
      await answers('inviteToStage', '/v1/stages/me/invitations/finn', { by: 'erin', status: 200 });
      for (const name of ['gina', 'finn'])
        await answers('putBan', `${chat}/bans/${name}`, { by: 'erin', body: {}, status: 200 });
      const list = { by: 'erin', status: 200 };
      for (const id of ['listStageInvitations', 'listStageRequests'] as const)
        expect(await answers(id, routes[id].path, list)).toMatchObject({ items: [] });
    },

    disconnectParticipant: async () => {
      const path = '/v1/stages/me/participants/e4Q1rZ8mTnKc';
      await answers('disconnectParticipant', path, { by: 'erin', status: 204 });
      await tell('Stream End');
      await tell('Session Ended');
    },
  };
}

/** A line of a room's log. */
const logged = (type: 'MESSAGE' | 'EVENT', payload: object): string =>
  JSON.stringify({
    event_timestamp: new Date().toISOString(),
    type,
    payload: { Type: type, RequestId: '', ...payload },
    version: '1.0',
  });

/** The event with which a CloudWatch Logs subscription invokes a function. */
function subscriptionEvent(roomArn: string, lines: readonly string[]) {
  const content = {
    messageType: 'DATA_MESSAGE',
    owner: '123456789012',
    logGroup: 'ChatLogMessages',
    logStream: `aws/IVSChatLogs/1.0/room_${roomArn.replace(/^.*\//, '')}`,
    subscriptionFilters: ['ChatLogSubscription'],
    logEvents: lines.map((message, index) => ({ id: String(index), timestamp: Date.now(), message })),
  };
  return { awslogs: { data: gzipSync(JSON.stringify(content)).toString('base64') } };
}
