import { Logger } from '@aws-lambda-powertools/logger';
import { budgetOf } from '../../ivs/budget.ts';
import { ivsClients, userResources } from '../../ivs/userResources.ts';
import { STACK_NAME_VARIABLE } from '../../model/functionEnvironment.ts';
import { sweepSchedule } from '../../model/functions.ts';
import { requiredVariable } from '../../model/variables.ts';
import { databaseFrom } from '../../store/database.ts';
import { type SweepReport, sweepResources } from './sweep.ts';

/**
 * Called by the schedule every hour. Fails when a list could not be read completely or a resource could not
 * be deleted, so that the function's error metric shows it. The next run retries.
 */
const log = new Logger();
const clock = () => new Date();
const stackName = requiredVariable(process.env, STACK_NAME_VARIABLE);
const dependencies = {
  database: databaseFrom(process.env, ['users']),
  resources: userResources(ivsClients(), { stackName, clock }),
  clock,
  log,
};

export const handler = async (): Promise<SweepReport> => {
  const report = await sweepResources(dependencies, budgetOf(sweepSchedule.budgetMs));
  log.info('swept', { ...report });
  if (report.failed.length > 0)
    throw new Error(`${report.failed.length} resources could not be deleted: see the errors logged above`);
  return report;
};
