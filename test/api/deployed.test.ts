import { describe } from '@jest/globals';
import { contract } from './contract.ts';
import { transport } from './transport.ts';

/** Tests an API that is running: `API_URL=http://localhost:3000 npx jest test/api/deployed`. */
const url = process.env['API_URL'] ?? '';

(url === '' ? describe.skip : describe)(`the API at ${url}`, () => {
  contract({ request: (path, init) => fetch(`${url.replace(/\/$/, '')}${path}`, init) });
  // Behind TLS the HTTP server is AWS's, so the transport tests do not apply.
  if (url.startsWith('http:')) transport(() => url);
});
