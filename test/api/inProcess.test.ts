import { beforeAll } from '@jest/globals';
import { createApi } from '../../lambdas/api/api.ts';
import { apiDependencies } from '../support/api.ts';
import { useDatabase } from '../support/database.ts';
import { contract } from './contract.ts';
import { putLiveChannels, renamed } from './live.ts';

const database = useDatabase();
beforeAll(() => putLiveChannels(database()));

// The data is of this day.
const clock = () => new Date('2026-01-15T20:00:00.000Z');

contract(
  {
    request: async (path, init) => createApi(apiDependencies(database(), { clock })).request(path, init),
  },
  renamed,
);
