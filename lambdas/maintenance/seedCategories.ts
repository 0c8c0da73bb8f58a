import { Logger } from '@aws-lambda-powertools/logger';
import { catalogue } from '../../model/categories.ts';
import { toTimestamp } from '../../model/time.ts';
import { putCatalogue } from '../../store/categoryCatalogue.ts';
import { databaseFrom } from '../../store/database.ts';

const log = new Logger();
const database = databaseFrom(process.env, ['categories']);

/** What CloudFormation says of the resource that stands for the list; nothing, when somebody else calls. */
interface Deployment {
  readonly RequestType?: 'Create' | 'Update' | 'Delete';
}

/**
 * Called by each deployment that changes the list of categories. It fails when one cannot be put, and the
 * deployment with it; the next one puts them all again, which those that are there do not notice. When the stack is
 * deleted it does nothing: the table goes, or stays as it is.
 */
export const handler = async ({ RequestType }: Deployment = {}): Promise<void> => {
  if (RequestType === 'Delete') return;
  await putCatalogue(database, catalogue, toTimestamp(new Date()));
  log.info('the categories are in place', { categories: catalogue.length });
};
