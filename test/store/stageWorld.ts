import { GetCommand, QueryCommand } from '@aws-sdk/lib-dynamodb';
import { expect } from '@jest/globals';
import { inviteGuest } from '../../domain/stages/inviting.ts';
import { joinStage } from '../../domain/stages/joining.ts';
import { disconnectParticipant, withdrawInvitation } from '../../domain/stages/leaving.ts';
import { budgetOf } from '../../ivs/budget.ts';
import { chatControl } from '../../ivs/chatControl.ts';
import type { ChatControl, StageControl } from '../../ivs/ports.ts';
import { stageControl } from '../../ivs/stageControl.ts';
import { userResources } from '../../ivs/userResources.ts';
import { type Stage, type StageToken, stageRow, stageTokenRow } from '../../model/stage.ts';
import type { Database } from '../../store/database.ts';
import { putAccount } from '../support/accounts.ts';
import { testAttachments } from '../support/attachments.ts';
import type { TestIvs } from '../unit/localIvsEndpoint.ts';

export interface Person {
  readonly userId: string;
  readonly username: string;
}

/** A host whose stage and chat room IVS has. */
export interface Host extends Person {
  readonly channelId: string;
  readonly stageArn: string;
  readonly stageId: string;
}

export interface StageDependencies {
  readonly database: Database;
  readonly stages: StageControl;
  readonly chat: Pick<ChatControl, 'sendEvent'>;
  readonly recordingsUrl: string;
  readonly clock: () => Date;
  readonly onEventFailed: (channelId: string, event: string, error: unknown) => void;
}

/** The operations on stages, on one database and one IVS. */
export function stageWorld(database: Database, ivs: TestIvs, clock: () => Date) {
  let made = 0;
  const resources = userResources(
    { ivs: ivs.client, chat: ivs.chat, realTime: ivs.realTime },
    { stackName: 'UGC-test', clock },
    testAttachments,
  );
  /** The chat events that were sent. */
  const told: { roomArn: string; event: string; attributes: Readonly<Record<string, string>> }[] = [];
  const eventFailures: unknown[] = [];
  const chat = chatControl(ivs.chat);
  const dependencies: StageDependencies = {
    database,
    stages: stageControl(ivs.realTime),
    chat: {
      sendEvent: async (roomArn, event, attributes, budget) => {
        await chat.sendEvent(roomArn, event, attributes, budget);
        told.push({ roomArn, event, attributes });
      },
    },
    recordingsUrl: 'https://recordings.example',
    clock,
    onEventFailed: (_, event, error) => void eventFailures.push([event, error]),
  };
  const ample = () => budgetOf(30_000);

  return {
    dependencies,
    told,
    eventFailures,

    async newHost(): Promise<Host> {
      const username = `host-${++made}`;
      const owner = { userId: `user-${username}`, name: username };
      const [stage, room] = await Promise.all([resources.createStage(owner), resources.createRoom(owner)]);
      const stageId = stage.arn.split('/').at(-1) ?? '';
      const { channel: owned } = await putAccount(database, username, {
        user: { stageId },
        channel: { stageArn: stage.arn, chatRoomArn: room.arn },
      });
      return { ...owner, username, channelId: owned.id, stageArn: stage.arn, stageId };
    },

    async newPeople(count: number): Promise<Person[]> {
      const names = Array.from({ length: count }, () => `guest-${++made}`);
      return Promise.all(
        names.map(async username => {
          const { user } = await putAccount(database, username);
          return { userId: user.id, username };
        }),
      );
    },

    invite: (
      host: Host,
      { username }: Person,
      overrides: Partial<StageDependencies> = {},
      budget = ample(),
    ) => inviteGuest({ ...dependencies, ...overrides }, host, username, budget),
    withdraw: (
      host: Host,
      { username }: Pick<Person, 'username'>,
      overrides: Partial<StageDependencies> = {},
      budget = ample(),
    ) => withdrawInvitation({ ...dependencies, ...overrides }, host, username, budget),
    disconnect: (host: Host, participantId: string) =>
      disconnectParticipant(dependencies, host, participantId, ample()),
    join: (person: Person | undefined, { username }: Host, overrides: Partial<StageDependencies> = {}) =>
      joinStage({ ...dependencies, ...overrides }, person, username, ample()),

    async stage({ stageId }: Host): Promise<Stage> {
      const key = { TableName: database.names.stages, Key: { id: stageId }, ConsistentRead: true };
      return stageRow.parse((await database.client.send(new GetCommand(key))).Item);
    },

    async tokens({ stageId }: Host): Promise<StageToken[]> {
      const query = {
        TableName: database.names.stageTokens,
        ConsistentRead: true,
        KeyConditionExpression: 'stageId = :id',
        ExpressionAttributeValues: { ':id': stageId },
      };
      const { Items = [] } = await database.client.send(new QueryCommand(query));
      return Items.map(item => stageTokenRow.parse(item));
    },

    /** The promises that always hold: at most 11 invitations, one per user, each with exactly its token. */
    async expectKeptPromises(host: Host): Promise<void> {
      const { invitations = [] } = await this.stage(host);
      const tokens = await this.tokens(host);
      const pairs = (all: readonly { userId: string; participantId: string }[]) =>
        all.map(({ userId, participantId }) => `${participantId} ${userId}`).toSorted();
      expect(pairs(tokens)).toEqual(pairs(invitations));
      expect(new Set(invitations.map(({ userId }) => userId)).size).toBe(invitations.length);
      expect(invitations.length).toBeLessThanOrEqual(11);
    },
  };
}
