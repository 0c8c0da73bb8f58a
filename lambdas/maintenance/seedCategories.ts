import { Logger } from '@aws-lambda-powertools/logger';
import { catalogue } from '../../model/categories.ts';
import { toTimestamp } from '../../model/time.ts';
import { putCatalogue } from '../../store/categoryCatalogue.ts';
import { databaseFrom } from '../../store/database.ts';

const log = new Logger();
const database = databaseFrom(process.env, ['categories']);

/** The event of CloudFormation's custom resource. It is empty for other callers. */
interface Deployment {
  readonly RequestType?: 'Create' | 'Update' | 'Delete';
}

/**
 * Called by each deployment that changes the list of categories. If a category cannot be written, the
 * function and the deployment fail. The next deployment writes all categories again, which does not affect
 * existing ones. When the stack is deleted the function does nothing: the table is deleted or retained as it
 * is.
 */
export const handler = async ({ RequestType }: Deployment = {}): Promise<void> => {
  if (RequestType === 'Delete') return;
  await putCatalogue(database, catalogue, toTimestamp(new Date()));
  log.info('the categories are written', { categories: catalogue.length });
};
