import {
  type Ingest,
  type OwnStreamKeyDependencies,
  REPLACE_BUDGET_MS,
  getIngest as readIngest,
  replaceStreamKey as replaceKey,
} from '../../../domain/streamKey.ts';
import { budgetOf } from '../../../ivs/budget.ts';
import type { Database } from '../../../store/database.ts';
import { provenOf } from '../http/auth.ts';
import type { HandlerOf } from '../http/operation.ts';
import type { getIngestOperation, IngestBody, replaceStreamKeyOperation } from './answers.ts';

export function getIngest(
  database: Database<'channels' | 'users' | 'sessions'>,
): HandlerOf<typeof getIngestOperation> {
  return async c => {
    const ingest = await readIngest(database, provenOf(c));
    return c.json(shape(ingest), 200);
  };
}

export function replaceStreamKey(
  dependencies: OwnStreamKeyDependencies,
): HandlerOf<typeof replaceStreamKeyOperation> {
  return async c => {
    const ingest = await replaceKey(dependencies, provenOf(c), budgetOf(REPLACE_BUDGET_MS));
    return c.json(shape(ingest), 201);
  };
}

function shape({ endpoint, streamKey }: Ingest): IngestBody {
  // https://docs.aws.amazon.com/ivs/latest/LowLatencyUserGuide/streaming-config.html
  return { endpoint, url: `rtmps://${endpoint}:443/app/`, streamKey };
}
