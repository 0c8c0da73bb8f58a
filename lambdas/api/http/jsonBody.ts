import { isUtf8 } from 'node:buffer';
import type { Context, MiddlewareHandler } from 'hono';
import type { HttpEnv } from './context.ts';
import { InvalidValuesError } from './invalidValues.ts';
import { problemResponse } from './problem.ts';

/** The size limit in bytes of a request body on routes that do not declare `maxBodyBytes`. */
export const MAX_BODY_BYTES = 16 * 1024;

/** Rejects a request unless its body is JSON in well-formed UTF-8 of at most `maxBytes` bytes. */
export const jsonBody =
  (maxBytes: number): MiddlewareHandler<HttpEnv> =>
  async (c, next) => {
    // The charset parameter is ignored: JSON is always UTF-8 (RFC 8259 section 8.1).
    const type = c.req.header('content-type')?.split(';')[0]?.trim().toLowerCase();
    if (type !== 'application/json') {
      const detail = 'Content-Type: must be application/json';
      return problemResponse(c, { kind: 'unsupported-media-type', detail });
    }
    const bytes = await readBody(c, maxBytes);
    if (bytes === 'cutOff')
      return problemResponse(c, {
        kind: 'malformed-request',
        detail: 'the connection ended before the whole body arrived: send the request again',
      });
    if (bytes === 'tooLarge') {
      const detail = `the body must have at most ${maxBytes} bytes`;
      return problemResponse(c, { kind: 'payload-too-large', detail });
    }
    if (!isUtf8(bytes))
      return problemResponse(c, { kind: 'malformed-request', detail: 'the body is not UTF-8 text' });
    // TextDecoder also removes a byte order mark.
    const text = new TextDecoder().decode(bytes);
    // The body stream has been read, so later handlers need a new Request. It is built from parts because the
    // Request constructor rejects the Node server's own Request.
    const { url, method, raw } = c.req;
    c.req.raw = new Request(url, { method, headers: raw.headers, body: text });
    const body = parse(text);
    if (body === undefined)
      return problemResponse(c, { kind: 'malformed-request', detail: 'the body is not JSON' });
    const field = illFormedPlace(body.value);
    if (field !== undefined)
      throw new InvalidValuesError([
        { in: 'body', field, message: 'must be well-formed Unicode: it has half of a surrogate pair' },
      ]);
    return next();
  };

/**
 * Reads the bytes of the body. The declared length is used only to reject a body early, because a chunked
 * body has none.
 */
async function readBody(c: Context<HttpEnv>, maxBytes: number): Promise<Uint8Array | 'tooLarge' | 'cutOff'> {
  if (Number(c.req.header('content-length') ?? 0) > maxBytes) return 'tooLarge';
  const chunks: Uint8Array[] = [];
  let size = 0;
  const reader = c.req.raw.body?.getReader();
  while (reader !== undefined) {
    const read = await reader.read().catch(() => 'cutOff' as const);
    if (read === 'cutOff') return 'cutOff';
    if (read.done) break;
    size += read.value.length;
    // The server reads or cuts off the rest. Canceling the stream here would close the connection.
    if (size > maxBytes) return 'tooLarge';
    chunks.push(read.value);
  }
  return Buffer.concat(chunks);
}

function parse(text: string): { readonly value: unknown } | undefined {
  try {
    return { value: JSON.parse(text) };
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

/**
 * Returns the path (such as `items.0.title`) of a text with a lone surrogate, or undefined. JSON can contain
 * one; UTF-8 and DynamoDB cannot.
 */
function illFormedPlace(value: unknown): string | undefined {
  // A list instead of recursion: a body may be nested thousands of levels deep.
  const open = [{ place: 'body', value }];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const { place, value } = next;
    if (typeof value === 'string' && !value.isWellFormed()) return place;
    if (typeof value !== 'object' || value === null) continue;
    for (const [name, member] of Object.entries(value)) {
      if (!name.isWellFormed()) return place;
      open.push({ place: place === 'body' ? name : `${place}.${name}`, value: member });
    }
  }
  return undefined;
}
