import {
  CreateStageCommand,
  DeleteStageCommand,
  type IVSRealTimeClient,
  ListStagesCommand,
} from '@aws-sdk/client-ivs-realtime';
import { attempt } from './attempts.ts';
import { doneWhenGone } from './errors.ts';
import { listAll } from './pages.ts';
import type { UserResources } from './ports.ts';
import { required } from './required.ts';
import { readTags, type Tagging, tagsOf } from './tags.ts';

export function stages(
  client: IVSRealTimeClient,
  tagging: Tagging,
): Pick<UserResources, 'createStage' | 'deleteStage'> {
  return {
    createStage: (owner, budget) =>
      attempt(
        async () => {
          const tags = tagsOf(tagging, owner);
          const { stage } = await client.send(new CreateStageCommand({ name: owner.name, tags }));
          return { arn: required(stage?.arn, 'stage.arn') };
        },
        'once',
        budget,
      ),

    deleteStage: (arn, budget) =>
      doneWhenGone(attempt(() => client.send(new DeleteStageCommand({ arn })), 'repeatable', budget)),
  };
}

/** Lists every stage with this stack's tags. */
export function listStages(client: IVSRealTimeClient, tagging: Tagging) {
  return listAll(
    async nextToken => {
      const page = await client.send(new ListStagesCommand({ maxResults: 100, nextToken }));
      return { items: page.stages ?? [], nextToken: page.nextToken };
    },
    summary => readTags(tagging, 'stage', summary),
  );
}
