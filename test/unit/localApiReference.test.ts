import { describe, expect, test } from '@jest/globals';
import { withReference } from '../../local/apiReference/apiReference.ts';

const ORIGIN = 'http://localhost:3000';
const connection = { incoming: {} };
const handed: [string, object][] = [];
const serve = withReference((request, given) => {
  handed.push([`${request.method} ${new URL(request.url).pathname}`, given]);
  return new Response('the API', { status: 404 });
});
const ask = async (path: string, method = 'GET') =>
  serve(new Request(`${ORIGIN}${path}`, { method }), connection);

/** The URLs of everything that an HTML page loads. */
const loads = (html: string) => [...html.matchAll(/(?:src|href)="([^"]*)"/g)].map(([, path = '']) => path);

describe('the API reference', () => {
  test('is a page whose files are all served, with their content types', async () => {
    const page = await ask('/docs');
    expect([page.status, page.headers.get('content-type')]).toEqual([200, 'text/html; charset=utf-8']);
    const types = await Promise.all(
      loads(await page.text()).map(async path => {
        const { status, headers } = await ask(path);
        return [path, status, headers.get('content-type')];
      }),
    );
    expect(types).toEqual([
      ['/docs/favicon-32x32.png', 200, 'image/png'],
      ['/docs/swagger-ui.css', 200, 'text/css; charset=utf-8'],
      ['/docs/swagger-ui-bundle.js', 200, 'text/javascript; charset=utf-8'],
      ['/docs/start.js', 200, 'text/javascript; charset=utf-8'],
    ]);
  });

  test('shows the document of this API, without an external validator', async () => {
    const [page, start] = await Promise.all(
      ['/docs', '/docs/start.js'].map(async path => (await ask(path)).text()),
    );
    expect(start).toContain("url: '/v1/openapi.json'");
    expect(start).toContain('validatorUrl: null');
    expect(`${page}${start}`).not.toMatch(/\/\//);
  });

  test('may load from and connect to its own origin only', async () => {
    for (const path of ['/docs', '/docs/swagger-ui-bundle.js']) {
      const policy = (await ask(path)).headers.get('content-security-policy') ?? '';
      const sources = policy.split('; ').map(part => part.split(' '));
      expect(sources).toContainEqual(['default-src', "'none'"]);
      expect(sources).toContainEqual(['script-src', "'self'"]);
      expect(sources).toContainEqual(['connect-src', "'self'"]);
      expect(policy).not.toMatch(/https?:|\*/);
    }
  });

  test('answers HEAD with Content-Length and no body', async () => {
    const [head, get] = await Promise.all([ask('/docs/swagger-ui.css', 'HEAD'), ask('/docs/swagger-ui.css')]);
    expect(head.headers.get('content-length')).toBe(String((await get.arrayBuffer()).byteLength));
    expect(await head.text()).toBe('');
  });

  test.each([
    ['POST', '/docs'],
    ['GET', '/v1/health'],
    ['GET', '/docs/package.json'],
    ['GET', '/docs/index.html'],
    ['GET', '/docs/../package.json'],
    ['GET', '/docs/..%2fpackage.json'],
    ['GET', '/docs/%2e%2e/%2e%2e/package.json'],
    ['GET', '/docs/swagger-ui.css/../../package.json'],
    ['GET', '/docs//swagger-ui.css'],
  ])("leaves %s %s to the API, with the caller's address", async (method, path) => {
    handed.length = 0;
    const response = await ask(path, method);
    expect([response.status, await response.text()]).toEqual([404, 'the API']);
    expect(handed).toEqual([[`${method} ${new URL(path, ORIGIN).pathname}`, connection]]);
  });
});
