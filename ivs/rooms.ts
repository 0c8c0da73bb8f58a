import {
  CreateRoomCommand,
  DeleteRoomCommand,
  type IvschatClient,
  ListRoomsCommand,
} from '@aws-sdk/client-ivschat';
import { attempt } from './attempts.ts';
import { doneWhenGone } from './errors.ts';
import { listAll } from './pages.ts';
import type { Attachments, UserResources } from './ports.ts';
import { attached, required } from './required.ts';
import { readTags, type Tagging, tagsOf } from './tags.ts';

export function rooms(
  client: IvschatClient,
  tagging: Tagging,
  attachments?: Attachments,
): Pick<UserResources, 'createRoom' | 'deleteRoom'> {
  return {
    createRoom: (owner, budget) =>
      attempt(
        async () => {
          const tags = tagsOf(tagging, owner);
          const { reviewHandlerArn, reviewFallback, loggingConfigurationArn } = attached(attachments);
          const { arn } = await client.send(
            new CreateRoomCommand({
              name: owner.name,
              messageReviewHandler: { uri: reviewHandlerArn, fallbackResult: reviewFallback },
              loggingConfigurationIdentifiers: [loggingConfigurationArn],
              tags,
            }),
          );
          return { arn: required(arn, 'the arn of a room') };
        },
        'once',
        budget,
      ),

    deleteRoom: (identifier, budget) =>
      doneWhenGone(attempt(() => client.send(new DeleteRoomCommand({ identifier })), 'repeatable', budget)),
  };
}

/** Lists every chat room with this stack's tags. */
export function listRooms(client: IvschatClient, tagging: Tagging) {
  return listAll(
    async nextToken => {
      // A page of rooms has at most 50 items.
      const page = await client.send(new ListRoomsCommand({ maxResults: 50, nextToken }));
      return { items: page.rooms ?? [], nextToken: page.nextToken };
    },
    summary => readTags(tagging, 'room', summary),
  );
}
