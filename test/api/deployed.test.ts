import { describe } from '@jest/globals';
import { contract } from './contract.ts';

/** An API that is running somewhere: `API_URL=http://localhost:3000 npx jest test/api/deployed`. */
const url = process.env['API_URL'];

(url === undefined ? describe.skip : describe)(`the API at ${url}`, () =>
  contract({ request: (path, init) => fetch(new URL(path, url), init) }),
);
