import { type IvsArn, parseIvsArn } from '../../model/arn.ts';
import type { Channel } from '../../model/channel.ts';
import type { Stage } from '../../model/stage.ts';
import { getChannel } from '../../store/channels.ts';
import type { Database } from '../../store/database.ts';
import { getStage } from '../../store/stages.ts';
import { NotFoundError } from '../errors.ts';

/**
 * Returns the ARN of a channel's stage, which contains the stage's id.
 *
 * @throws NotFoundError when the channel has no stage
 */
export function stageOf({ stageArn }: Pick<Channel, 'stageArn'>): IvsArn {
  const arn = stageArn === undefined ? undefined : parseIvsArn(stageArn, 'stage');
  if (arn === undefined) throw new NotFoundError('stage');
  return arn;
}

/**
 * Reads a stage's row consistently. One database request.
 *
 * @throws NotFoundError when the stage does not exist
 */
export async function readStage(database: Database<'stages'>, id: string): Promise<Stage> {
  const stage = await getStage(database, id);
  if (stage === undefined) throw new NotFoundError('stage');
  return stage;
}

/**
 * Reads the caller's own channel consistently. One database request.
 *
 * @throws NotFoundError when the channel does not exist
 */
export async function ownChannel(database: Database<'channels'>, channelId: string): Promise<Channel> {
  const channel = await getChannel(database, channelId);
  if (channel === undefined) throw new NotFoundError('channel');
  return channel;
}
