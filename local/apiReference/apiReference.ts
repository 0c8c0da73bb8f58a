import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ownFiles, packageFiles } from './page.ts';

/** Answers a request, of which `connection` tells whose it is. */
type Answer = (request: Request, connection: object) => Response | Promise<Response>;

const PACKAGE = 'node_modules/swagger-ui-dist';

// The page shows text that the API's users cannot write; the header holds even if that changes. Pictures in the style
// sheet are written as data.
const POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; " +
  "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/**
 * The API with its reference for people: a page at `/docs` that shows the OpenAPI document and sends requests. All that
 * it loads is served here, from the package that npm installed, so that it works without the Internet and sends nothing
 * there. A deployed API has no such page: its document can be read by any tool.
 *
 * @param api answers everything else
 */
export function withReference(api: Answer): Answer {
  return async (request, connection) => {
    const isRead = request.method === 'GET' || request.method === 'HEAD';
    const file = isRead ? await read(new URL(request.url).pathname) : undefined;
    if (file === undefined) return api(request, connection);
    const headers = {
      'content-type': file.contentType,
      'content-length': String(Buffer.byteLength(file.body)),
      'content-security-policy': POLICY,
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'no-referrer',
      // Another version of the package has the same paths.
      'cache-control': 'no-cache',
    };
    return new Response(request.method === 'HEAD' ? null : file.body, { headers });
  };
}

async function read(path: string) {
  const found = packageFiles.get(path);
  if (found === undefined) return ownFiles.get(path);
  return { contentType: found.contentType, body: await readFile(join(PACKAGE, found.name)) };
}
