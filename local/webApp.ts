import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { serveStatic } from '@hono/node-server/serve-static';
import { type Context, Hono } from 'hono';
import { HASHED_FILES, pagePath, type WebAppSources, webAppCaching, webAppHeaders } from '../model/webApp.ts';

/** Answers a request. `connection` identifies the client's connection. */
type Answer = (request: Request, connection: object) => Response | Promise<Response>;

/** Where `make web` builds the app. */
const BUILT = 'web/dist';

/** Tells the app that it can offer what only local mode has. */
const LOCAL_MARK = '<meta name="local-mode" content="true">';

/** The paths that CloudFront sends elsewhere in AWS, and those of local mode itself. */
const elsewhere = /^\/(?:v1|docs|_local)(?:\/|$)/;

const isOfPage = ({ req }: Context) =>
  pagePath.test(req.path) && req.header('accept')?.includes('text/html') === true;

/**
 * Adds the web app, as the distribution serves it in AWS: the built files, and `index.html` for the address of any
 * page. Without a built app, `api` answers everything.
 */
export function withWebApp(api: Answer, sources: WebAppSources): Answer {
  if (!existsSync(join(BUILT, 'index.html'))) return api;
  const headers = Object.entries(webAppHeaders(sources));
  const files = new Hono();
  files.use(async (c, next) => {
    await next();
    for (const [name, value] of headers) c.header(name, value);
    const isHashed = c.req.path.startsWith(HASHED_FILES) && c.res.ok;
    // A new build must be seen at once here.
    c.header('Cache-Control', isHashed ? webAppCaching.hashed : 'no-cache');
  });
  const page = async (c: Context) => {
    const html = await readFile(join(BUILT, 'index.html'), 'utf8');
    return c.html(html.replace('</head>', `${LOCAL_MARK}</head>`));
  };
  files.get('/', page);
  files.get('/index.html', page);
  files.use(serveStatic({ root: BUILT }));
  // Programs that ask for a path that does not exist get the answer of the API, not a page.
  files.get('*', c => (isOfPage(c) ? page(c) : c.notFound()));

  return async (request, connection) => {
    const isRead = request.method === 'GET' || request.method === 'HEAD';
    const { pathname } = new URL(request.url);
    if (!isRead || elsewhere.test(pathname)) return api(request, connection);
    const answer = await files.fetch(request, connection);
    return answer.status === 404 ? api(request, connection) : answer;
  };
}
