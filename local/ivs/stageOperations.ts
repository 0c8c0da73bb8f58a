import { z } from 'zod';
import { parseIvsArn } from '../../model/arn.ts';
import { ingestHost, stageEventsHost, whipHost } from '../../model/ivsHosts.ts';
import { isSeeded } from '../../model/row.ts';
import { IvsError } from './errors.ts';
import { newArn } from './ids.ts';
import { checkLimit } from './limits.ts';
import { type IvsContext, type IvsOperations, operation, resourceName, stageArn } from './operation.ts';
import { cutPage, pageOf } from './pages.ts';
import { issueToken, tokenRequest } from './participantTokens.ts';
import { activeSession } from './stageSessions.ts';
import type { SimulatedStage } from './stageState.ts';
import { ensureStage } from './state.ts';
import { tags } from './tags.ts';

const MAX_TOKENS = 12;

const settings = {
  name: resourceName.optional(),
  autoParticipantRecordingConfiguration: z
    .looseObject({
      storageConfigurationArn: z
        .string()
        .max(128)
        .regex(/^$|^arn:aws:ivs:[a-z0-9-]+:[0-9]+:storage-configuration\/[a-zA-Z0-9-]+$/),
    })
    .optional(),
};

/** Operations on stages. */
export const stageOperations: IvsOperations = {
  CreateStage: operation(
    z.object({
      ...settings,
      tags: tags.default({}),
      participantTokenConfigurations: z.array(z.object(tokenRequest)).max(MAX_TOKENS).default([]),
    }),
    (context, { name = '', participantTokenConfigurations, ...given }) => {
      const { state, limits } = context;
      checkLimit(sortedStages(state.stages).length, limits.stages, 'stages');
      const stage = state.putStage({
        arn: newArn(context, 'stage'),
        name,
        tags: given.tags,
        ...recording(given),
        isDeleted: false,
      });
      const participantTokens = participantTokenConfigurations.map(request =>
        issueToken(context, stage.arn, request),
      );
      return { stage: describe(stage), participantTokens };
    },
  ),

  GetStage: operation(z.object({ arn: stageArn }), (context, { arn }) => ({
    stage: describe(findStage(context, arn)),
  })),

  UpdateStage: operation(z.object({ arn: stageArn, ...settings }), (context, { arn, name, ...given }) => {
    const stage = findStage(context, arn);
    const renamed = name === undefined ? {} : { name };
    return { stage: describe(context.state.putStage({ ...stage, ...renamed, ...recording(given) })) };
  }),

  DeleteStage: operation(z.object({ arn: stageArn }), (context, { arn }) => {
    context.state.putStage({ ...findStage(context, arn), isDeleted: true });
    return {};
  }),

  ListStages: operation(z.object(pageOf(100, 50)), ({ state }, input) => {
    const { items, nextToken } = cutPage(sortedStages(state.stages), stage => stage.arn, input);
    return { stages: items.map(summarize), nextToken };
  }),
};

/** Returns the stages that are not deleted, sorted by ARN for paging. */
export function sortedStages(stages: ReadonlyMap<string, SimulatedStage>): SimulatedStage[] {
  return [...stages.values()].filter(stage => !stage.isDeleted).sort((a, b) => (a.arn < b.arn ? -1 : 1));
}

/**
 * Finds a stage. A seeded stage is created when it is first used.
 * @throws IvsError ResourceNotFoundException
 */
export function findStage(
  { state, seededRoom }: Pick<IvsContext, 'state' | 'seededRoom'>,
  arn: string,
): SimulatedStage {
  const isCreated = seededRoom !== undefined && isSeeded(arn);
  const stage = isCreated ? ensureStage(state, arn) : state.stages.get(arn);
  if (stage === undefined || stage.isDeleted)
    throw new IvsError('ResourceNotFoundException', `Stage ${arn} does not exist`);
  return stage;
}

function describe(stage: SimulatedStage) {
  const { account = '', region = '' } = parseIvsArn(stage.arn, 'stage') ?? {};
  const host = `${account}.${region}`;
  return {
    ...summarize(stage),
    autoParticipantRecordingConfiguration: stage.autoParticipantRecordingConfiguration,
    // URLs in the format of IVS. No server answers them.
    endpoints: {
      events: `wss://${stageEventsHost(region)}`,
      whip: `https://${whipHost(host)}`,
      rtmp: `rtmp://${ingestHost(host)}/app/`,
      rtmps: `rtmps://${ingestHost(host)}:443/app/`,
    },
  };
}

/** Returns the members that lists contain. */
function summarize(stage: SimulatedStage) {
  const { arn, name, tags: given } = stage;
  return { arn, name, activeSessionId: activeSession(stage)?.sessionId, tags: given };
}

function recording(
  given: Pick<z.output<z.ZodObject<typeof settings>>, 'autoParticipantRecordingConfiguration'>,
) {
  const { autoParticipantRecordingConfiguration } = given;
  return autoParticipantRecordingConfiguration === undefined ? {} : { autoParticipantRecordingConfiguration };
}
