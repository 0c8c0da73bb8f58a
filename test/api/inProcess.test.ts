import { beforeAll } from '@jest/globals';
import { createApi } from '../../lambdas/api/api.ts';
import { apiDependencies } from '../support/api.ts';
import { useDatabase } from '../support/database.ts';
import { contract } from './contract.ts';
import { putLiveChannels } from './live.ts';

const database = useDatabase();
beforeAll(() => putLiveChannels(database()));

contract({
  request: async (path, init) => createApi(apiDependencies(database())).request(path, init),
});
