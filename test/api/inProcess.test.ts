import { beforeAll } from '@jest/globals';
import { cursorCodec } from '../../domain/cursors.ts';
import { createApi } from '../../lambdas/api.ts';
import { useDatabase } from '../support/database.ts';
import { contract } from './contract.ts';
import { putLiveChannels } from './live.ts';
import { recordingLogger } from './logs.ts';

const database = useDatabase();
beforeAll(() => putLiveChannels(database()));

contract({
  request: async (path, init) => {
    const api = createApi({
      database: database(),
      cursors: cursorCodec(async () => 'a secret of the tests, long enough'),
      logger: recordingLogger(),
      allowedOrigins: '*',
    });
    return api.request(path, init);
  },
});
