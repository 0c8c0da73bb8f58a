import {
  putBlockedTerms as keepTerms,
  getBlockedTerms as readTerms,
} from '../../../domain/chat/blockedTerms.ts';
import type { Database } from '../../../store/database.ts';
import { callerOf } from '../http/auth.ts';
import type { HandlerOf } from '../http/operation.ts';
import type { getBlockedTermsOperation, putBlockedTermsOperation } from './answers.ts';

type BlockedTermsDatabase = Database<'channels' | 'chatRooms'>;

export function getBlockedTerms(database: BlockedTermsDatabase): HandlerOf<typeof getBlockedTermsOperation> {
  return async c => {
    const terms = await readTerms(database, callerOf(c), c.req.valid('param').username);
    return c.json({ terms: [...terms] }, 200);
  };
}

export function putBlockedTerms(dependencies: {
  readonly database: BlockedTermsDatabase;
  readonly clock: () => Date;
}): HandlerOf<typeof putBlockedTermsOperation> {
  return async c => {
    const { username } = c.req.valid('param');
    const terms = await keepTerms(dependencies, callerOf(c), username, c.req.valid('json').terms);
    return c.json({ terms: [...terms] }, 200);
  };
}
