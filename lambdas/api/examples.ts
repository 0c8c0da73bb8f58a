import { chatUrl, ingestHost, playbackHost } from '../../model/ivsHosts.ts';

const REGION = 'us-west-2';
const stream = 'st-1A2b3C4d5E6f7G8h9I0j1K2';
const recording = 'https://d111111abcdef8.cloudfront.net/ivs/v1/000000000000/AbCdEf1gHiJk/2026/1/15/20/0/x';

/** The examples of fields that have none in their schema, by the name of the field. */
const fields: Readonly<Record<string, unknown>> = {
  accessToken: 'header.claims.signature',
  arn: `arn:aws:ivs:${REGION}:000000000000:channel/AbCdEf1gHiJk`,
  bitrate: 3_500_000,
  bufferMs: 2_400,
  categoryId: 'music',
  channelId: 'AbCdEf1gHiJk',
  chatMessages: 42,
  deviceToken: 'device-token-of-ann',
  durationMs: 5_400_000,
  endpoint: chatUrl(REGION, 'amazonaws.com'),
  exceededBy: 1_200_000,
  failureReason: 'The recording could not be stored.',
  followerCount: 128,
  framerate: 59.8,
  id: '7b1e5a52-6f0d-4f43-8a36-7a3c8f6d2b10',
  ingestEndpoint: ingestHost('a1b2c3d4e5f6'),
  latencyMs: 3_200,
  limitValue: 8_500_000,
  nextCursor: 'cursor-of-the-next-page',
  path: 'ivs/v1/000000000000/AbCdEf1gHiJk/2026/1/15/20/0/x',
  peakViewers: 1_512,
  views: 4_860,
  playbackUrl: `https://${playbackHost('a1b2c3d4e5f6', REGION)}/api/video/v1/${REGION}.000000000000.channel.AbCdEf1gHiJk.m3u8`,
  playlistUrl: `${recording}/media/hls/master.m3u8`,
  reason: 'spam',
  recordingDurationMs: 5_400_000,
  recordingStreamIds: stream,
  refreshToken: 'refresh-token-of-ann',
  share: 0.62,
  streamId: stream,
  streamKey: 'stream-key-of-ann',
  thumbnailUrl: `${recording}/media/thumbnails/thumb0.jpg`,
  title: 'Late night guitar',
  token: 'chat-or-stage-token',
  userId: '7b1e5a52-6f0d-4f43-8a36-7a3c8f6d2b10',
  username: 'ann',
  viewerMinutes: 48_200,
  viewers: 1_204,
  viewerToken: 'viewer-token',
};

type Json = Readonly<Record<string, unknown>>;
const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const at = (value: unknown, name: string): unknown => (isObject(value) ? value[name] : undefined);

/**
 * Returns an OpenAPI document with an example of each answer. An example is put together from the examples of the
 * fields: those in their schemas, otherwise those in `fields`.
 *
 * @throws Error that names a field without an example
 */
export function withExamples<Document extends object>(document: Document): Document {
  const schemas = at(at(document, 'components'), 'schemas');
  const exampleOf = (schema: unknown, path: string): unknown => {
    const reference = at(schema, '$ref');
    if (typeof reference === 'string') {
      const name = reference.split('/').at(-1) ?? '';
      return exampleOf(at(schemas, name), name);
    }
    if (!isObject(schema)) throw new Error(`${path} has no schema`);
    const { example, const: constant, enum: values, anyOf, type, format } = schema;
    if (example !== undefined) return example;
    if (constant !== undefined) return constant;
    if (Array.isArray(values)) return values[0];
    if (Array.isArray(anyOf)) return exampleOf(anyOf[0], path);
    const types = [type].flat();
    if (types.includes('object')) {
      const properties = at(schema, 'properties');
      return Object.fromEntries(
        Object.entries(isObject(properties) ? properties : {}).map(([name, property]) => [
          name,
          exampleOf(property, `${path}.${name}`),
        ]),
      );
    }
    if (types.includes('array')) return [exampleOf(at(schema, 'items'), path)];
    if (types.includes('boolean')) return !/\.has[A-Z]\w*$/.test(path);
    if (format === 'date-time') return '2026-01-15T20:00:00.000Z';
    const known = fields[path.split('.').at(-1) ?? ''];
    if (known === undefined)
      throw new Error(`${path} has no example: add it to its schema or to examples.ts`);
    return known;
  };
  return changeMedia(document, (schema, operationId) => exampleOf(schema, operationId)) as Document;
}

/** Adds what `exampleFor` returns to each answer with a JSON body. Problems have examples of their own. */
function changeMedia(
  document: object,
  exampleFor: (schema: unknown, operationId: string) => unknown,
): object {
  const paths = map(at(document, 'paths'), methods =>
    map(methods, operation => {
      const operationId = String(at(operation, 'operationId'));
      const responses = map(at(operation, 'responses'), response => {
        const schema = at(at(at(response, 'content'), 'application/json'), 'schema');
        if (schema === undefined) return response;
        const example = exampleFor(schema, operationId);
        return { ...response, content: { 'application/json': { schema, example } } };
      });
      return { ...operation, responses };
    }),
  );
  return { ...document, paths };
}

function map(values: unknown, change: (value: Json) => unknown): Json {
  const entries = Object.entries(isObject(values) ? values : {});
  return Object.fromEntries(entries.map(([name, value]) => [name, isObject(value) ? change(value) : value]));
}
