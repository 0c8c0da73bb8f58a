import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ownFiles, packageFiles } from './page.ts';

/** Answers a request. `connection` identifies the client's connection. */
type Answer = (request: Request, connection: object) => Response | Promise<Response>;

const PACKAGE = 'node_modules/swagger-ui-dist';

// The page shows no text of users; the policy is a precaution. The style sheet contains its images.
const POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; " +
  "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/**
 * Adds a reference to the API: a page at `/docs` that shows the OpenAPI document and can send requests. Its
 * files come from an installed npm package, so the page needs no Internet access. A deployed API has no such
 * page.
 *
 * @param api answers all other requests
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
      // The paths stay the same when the package is updated.
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
