import { randomUUID } from 'node:crypto';
import { Logger } from '@aws-lambda-powertools/logger';
import { type RankingReport, rankChannels } from '../../domain/ranking.ts';
import { databaseFrom } from '../../store/database.ts';

const log = new Logger();
const database = databaseFrom(process.env, ['channels', 'rankings']);

/** Called by the schedule every minute. A run that fails changes no list, and the next run does the whole work. */
export const handler = async (): Promise<RankingReport> => {
  const report = await rankChannels({ database, clock: () => new Date(), newId: () => randomUUID() });
  if (report.changed > 0) log.info('channels ranked', { ...report });
  return report;
};
