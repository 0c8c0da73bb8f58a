import { randomUUID } from 'node:crypto';
import { Logger } from '@aws-lambda-powertools/logger';
import { deletionTables } from '../../domain/accounts/deletionRows.ts';
import { partnerRuleFrom } from '../../domain/partner.ts';
import { budgetOf } from '../../ivs/budget.ts';
import { stageControl } from '../../ivs/stageControl.ts';
import { ivsClients, userResources } from '../../ivs/userResources.ts';
import { STACK_NAME_VARIABLE } from '../../model/functionEnvironment.ts';
import { pendingSchedule } from '../../model/functions.ts';
import { requiredVariable } from '../../model/variables.ts';
import { databaseFrom } from '../../store/database.ts';
import { imageBucketFrom } from '../../store/imageBucket.ts';
import { finishPending, type PendingReport } from './pending.ts';

/**
 * Called by the schedule every few minutes. Fails when something could not be finished, except when it only
 * has to wait, so that the function's error metric shows it. The next run retries.
 */
const log = new Logger();
const clock = () => new Date();
const clients = ivsClients();
const resources = userResources(clients, {
  stackName: requiredVariable(process.env, STACK_NAME_VARIABLE),
  clock,
});
const database = databaseFrom(process.env, deletionTables);
const dependencies = {
  database,
  bucket: imageBucketFrom(process.env, database),
  resources,
  stages: stageControl(clients.realTime),
  ivs: resources,
  clock,
  partner: partnerRuleFrom(process.env),
  newId: () => randomUUID(),
  log,
};

export const handler = async (): Promise<PendingReport> => {
  const report = await finishPending(dependencies, budgetOf(pendingSchedule.budgetMs));
  log.info('pending work processed', { ...report });
  if (report.failed.length > 0)
    throw new Error(
      `${report.failed.length} users or channels could not be finished: see the errors logged above`,
    );
  return report;
};
