import { once } from 'node:events';
import { request as httpRequest } from 'node:http';
import { connect, type Socket } from 'node:net';
import { describe, expect, test } from '@jest/globals';
import { z } from 'zod';

const TYPE = 'Content-Type: application/json';
const BODY = JSON.stringify({ refreshToken: 1 });
const post = (...headers: string[]) =>
  ['POST /v1/sessions/refresh HTTP/1.1', 'Host: localhost', ...headers, '', ''].join('\r\n');
const get = (target: string, ...headers: string[]) =>
  [`GET ${target} HTTP/1.1`, 'Host: localhost', ...headers, '', ''].join('\r\n');

const problem = z.object({ type: z.string().startsWith('urn:problem-type:'), instance: z.string() });

interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
}

/** A connection that sends given bytes and reads the answers one by one. */
class Connection {
  readonly #socket: Socket;
  #received = '';
  #changed: () => void = () => {};
  #closed = false;

  constructor({ hostname, port }: URL) {
    this.#socket = connect({ host: hostname, port: Number(port), allowHalfOpen: true });
    this.#socket.setEncoding('latin1');
    this.#socket.on('data', chunk => {
      this.#received += chunk;
      this.#changed();
    });
    // A reset counts as closed, because the tests check what came before it.
    this.#socket.on('error', () => {});
    for (const event of ['end', 'close'])
      this.#socket.on(event, () => {
        this.#closed = true;
        this.#changed();
      });
  }

  /** Resolves when the operating system has taken the bytes. */
  async write(bytes: string): Promise<void> {
    if (this.#socket.writable) await new Promise(resolve => this.#socket.write(bytes, resolve));
  }

  /** Ends the sending side. */
  end(): void {
    this.#socket.end();
  }

  /** The next answer other than `100 Continue`. */
  async answer(): Promise<Answer> {
    for (;;) {
      const read = this.#take();
      if (read !== undefined) return read;
      if (this.#closed) throw new Error(`the connection ended; it had: ${this.#received}`);
      await this.#change();
    }
  }

  async closed(): Promise<void> {
    while (!this.#closed) await this.#change();
    expect(this.#received).toBe('');
  }

  destroy(): void {
    this.#socket.destroy();
  }

  #change(): Promise<void> {
    return new Promise(resolve => {
      this.#changed = resolve;
    });
  }

  #take(): Answer | undefined {
    this.#received = this.#received.replace(/^HTTP\/1\.1 100 Continue\r\n\r\n/, '');
    const end = this.#received.indexOf('\r\n\r\n');
    if (end === -1) return undefined;
    const [first = '', ...lines] = this.#received.slice(0, end).split('\r\n');
    const headers = new Headers(
      lines.map((line): [string, string] => [
        line.split(':', 1)[0] ?? '',
        line.replace(/^[^:]*:/, '').trim(),
      ]),
    );
    const rest = this.#received.slice(end + 4);
    const found = bodyOf(headers, rest);
    if (found === undefined) return undefined;
    this.#received = rest.slice(found.length);
    return { status: Number(first.split(' ')[1]), headers, text: found.text };
  }
}

/** The body at the start of `rest` once it is complete, and how much of `rest` it takes. */
function bodyOf(headers: Headers, rest: string): { text: string; length: number } | undefined {
  if (headers.get('transfer-encoding') === 'chunked') {
    const match = /^(?:(?!0\r\n)[0-9a-f]+\r\n[\s\S]*?\r\n)*0\r\n\r\n/i.exec(rest);
    return match === null
      ? undefined
      : { text: match[0].replace(/^[0-9a-f]+\r\n|\r\n0\r\n\r\n$/gi, ''), length: match[0].length };
  }
  const length = Number(headers.get('content-length') ?? 0);
  return rest.length < length ? undefined : { text: rest.slice(0, length), length };
}

/** What our HTTP/1.1 servers guarantee, whatever a client does with the connection. */
export function transport(origin: () => string): void {
  async function connected<T>(use: (connection: Connection) => Promise<T>): Promise<T> {
    const connection = new Connection(new URL(origin().replace('localhost', '127.0.0.1')));
    try {
      return await use(connection);
    } finally {
      connection.destroy();
    }
  }

  /** Expects a problem document of `type`, with the headers of every problem. */
  function expectProblem({ status, headers, text }: Answer, expected: [status: number, type: string]): void {
    const { type, instance } = problem.parse(JSON.parse(text));
    expect([status, type]).toEqual([expected[0], `urn:problem-type:${expected[1]}`]);
    expect(headers.get('content-type')).toBe('application/problem+json');
    expect(headers.get('cache-control')).toBe('no-store');
    expect(headers.get('x-content-type-options')).toBe('nosniff');
    expect(instance).toBe(`urn:request:${headers.get('x-request-id')}`);
  }

  /** Expects that the connection accepts another request after the rest of the previous one. */
  async function expectReusable(connection: Connection, rest = ''): Promise<void> {
    await connection.write(rest + get('/v1/health'));
    expect((await connection.answer()).status).toBe(200);
  }

  const refused: [number, string] = [422, 'invalid-values'];
  const tooLarge: [number, string] = [413, 'payload-too-large'];
  const chunk = (text: string) => `${text.length.toString(16)}\r\n${text}\r\n`;

  describe('a body', () => {
    test('that arrives byte by byte in chunks is read', () =>
      connected(async connection => {
        await connection.write(post(TYPE, 'Transfer-Encoding: chunked'));
        for (const byte of BODY) await connection.write(chunk(byte));
        await connection.write('0\r\n\r\n');
        expectProblem(await connection.answer(), refused);
        await expectReusable(connection);
      }));

    test('that arrives byte by byte with a Content-Length is read', () =>
      connected(async connection => {
        for (const byte of post(TYPE, `Content-Length: ${BODY.length}`) + BODY) await connection.write(byte);
        expectProblem(await connection.answer(), refused);
        await expectReusable(connection);
      }));

    test('that waits for 100 Continue is read', async () => {
      const headers = {
        'Content-Type': 'application/json',
        Expect: '100-continue',
        'Content-Length': BODY.length,
      };
      const request = httpRequest(`${origin()}/v1/sessions/refresh`, { method: 'POST', headers });
      request.flushHeaders();
      await once(request, 'continue');
      const answer = once(request, 'response');
      request.end(BODY);
      const [response] = z
        .tuple([z.object({ statusCode: z.number(), resume: z.function() })])
        .parse(await answer);
      expect(response.statusCode).toBe(422);
      request.destroy();
    });

    test('with an Expect header that this server does not know is read', () =>
      connected(async connection => {
        await connection.write(post(TYPE, 'Expect: the-unexpected', `Content-Length: ${BODY.length}`) + BODY);
        expectProblem(await connection.answer(), refused);
      }));

    test('that ends before its declared length is a 400', () =>
      connected(async connection => {
        await connection.write(post(TYPE, 'Content-Length: 500') + BODY);
        connection.end();
        expectProblem(await connection.answer(), [400, 'malformed-request']);
        await connection.closed();
      }));

    test('that is longer than its declared length is answered, and the rest is a 400', () =>
      connected(async connection => {
        await connection.write(`${post(TYPE, `Content-Length: ${BODY.length}`)}${BODY}more\r\n\r\n`);
        expectProblem(await connection.answer(), refused);
        expectProblem(await connection.answer(), [400, 'malformed-request']);
        await connection.closed();
      }));

    test('in malformed chunks is a 400', () =>
      connected(async connection => {
        await connection.write(`${post(TYPE, 'Transfer-Encoding: chunked')}zz\r\n`);
        expectProblem(await connection.answer(), [400, 'malformed-request']);
        await connection.closed();
      }));

    test('of a GET or a DELETE is ignored', () =>
      connected(async connection => {
        await connection.write(get('/v1/health', TYPE, `Content-Length: ${BODY.length}`) + BODY);
        expect((await connection.answer()).status).toBe(200);
        const remove = get('/v1/sessions', 'Transfer-Encoding: chunked').replace('GET', 'DELETE');
        await connection.write(`${remove}${chunk(BODY)}0\r\n\r\n`);
        expectProblem(await connection.answer(), [401, 'unauthenticated']);
        await expectReusable(connection);
      }));

    test('that declares too large a length is a 413 before it is sent, and may still be sent', () =>
      connected(async connection => {
        await connection.write(post(TYPE, 'Content-Length: 100000'));
        expectProblem(await connection.answer(), tooLarge);
        await expectReusable(connection, 'x'.repeat(100_000));
      }));

    test('in too many chunks is a 413 while the client still sends, and may be sent to its end', () =>
      connected(async connection => {
        const kilobyte = chunk('x'.repeat(1024));
        await connection.write(post(TYPE, 'Transfer-Encoding: chunked'));
        for (let sent = 0; sent < 20; sent++) await connection.write(kilobyte);
        expectProblem(await connection.answer(), tooLarge);
        for (let sent = 0; sent < 500; sent++) await connection.write(kilobyte);
        await expectReusable(connection, '0\r\n\r\n');
      }));

    test('that never ends is answered before the connection is closed', () =>
      connected(async connection => {
        const chunks = chunk('x'.repeat(64 * 1024)).repeat(16);
        await connection.write(post(TYPE, 'Transfer-Encoding: chunked') + chunks);
        expectProblem(await connection.answer(), tooLarge);
        for (let sent = 0; sent < 20; sent++) await connection.write(chunks);
        await connection.closed();
      }));
  });

  describe('a target', () => {
    test.each<[string, number]>([
      ['http://elsewhere.example/v1/health', 200],
      ['/v1/channels/../health', 404],
      ['/v1/channels/%2e%2E/health', 404],
      ['/v1/./health', 404],
      ['/v1\\health', 404],
      ['/v1/health#fragment', 404],
      ['//v1/health', 404],
      ['/v1/channels/%ff', 400],
      ['/v1/channels/%zz', 400],
    ])('%s is answered with %i', (target, status) =>
      connected(async connection => {
        await connection.write(get(target));
        const answer = await connection.answer();
        expect(answer.status).toBe(status);
        if (status !== 200) expect(answer.headers.get('content-type')).toBe('application/problem+json');
        await expectReusable(connection);
      }),
    );
  });

  describe('a malformed request', () => {
    test.each<[string, string, [number, string]]>([
      ['a method in lower case', get('/v1/health').replace('GET', 'get'), [400, 'malformed-request']],
      ['no Host', 'GET /v1/health HTTP/1.1\r\n\r\n', [400, 'malformed-request']],
      ['a Host with a space', 'GET /v1/health HTTP/1.1\r\nHost: a b\r\n\r\n', [400, 'malformed-request']],
      [
        'two Content-Length headers',
        `${post(TYPE, 'Content-Length: 1', 'Content-Length: 2')}`,
        [400, 'malformed-request'],
      ],
      [
        'Content-Length and chunks',
        post('Content-Length: 1', 'Transfer-Encoding: chunked'),
        [400, 'malformed-request'],
      ],
      ['a request that is not HTTP', 'hello\r\n\r\n', [400, 'malformed-request']],
      ['a URL of 20,000 characters', get(`/v1/channels/${'a'.repeat(20_000)}`), [431, 'headers-too-large']],
      [
        'headers of 20,000 characters',
        get('/v1/health', `X-Long: ${'a'.repeat(20_000)}`),
        [431, 'headers-too-large'],
      ],
      ['a proxy request', 'CONNECT x:1 HTTP/1.1\r\nHost: x\r\n\r\n', [405, 'method-not-allowed']],
    ])('is a problem document: %s', (_, bytes, expected) =>
      connected(async connection => {
        await connection.write(bytes);
        expectProblem(await connection.answer(), expected);
      }),
    );

    test.each(['TRACE', 'PROPFIND'])('a method that no route has is a 405: %s', method =>
      connected(async connection => {
        await connection.write(get('/v1/health').replace('GET', method));
        expectProblem(await connection.answer(), [405, 'method-not-allowed']);
      }),
    );
  });

  test('a repeated header is refused if it may appear only once', () =>
    connected(async connection => {
      await connection.write(post(TYPE, TYPE, `Content-Length: ${BODY.length}`) + BODY);
      expectProblem(await connection.answer(), [415, 'unsupported-media-type']);
      const key = 'Idempotency-Key: 0123456789abcdef';
      const create = post(TYPE, key, key, 'Content-Length: 2').replace('/v1/sessions/refresh', '/v1/users');
      await connection.write(`${create}{}`);
      expectProblem(await connection.answer(), refused);
      const token = get('/v1/stages/nobody/tokens', 'Authorization: ').replace('GET', 'POST');
      await connection.write(token);
      expectProblem(await connection.answer(), [401, 'unauthenticated']);
    }));
}
