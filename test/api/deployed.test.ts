import { describe } from '@jest/globals';
import { contract } from './contract.ts';
import { transport } from './transport.ts';

/** An API that is running somewhere: `API_URL=http://localhost:3000 npx jest test/api/deployed`. */
const url = process.env['API_URL'] ?? '';

(url === '' ? describe.skip : describe)(`the API at ${url}`, () => {
  contract({ request: (path, init) => fetch(`${url.replace(/\/$/, '')}${path}`, init) });
  // Behind TLS it is AWS's server, not ours.
  if (url.startsWith('http:')) transport(() => url);
});
