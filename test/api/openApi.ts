import { z } from 'zod';
import { reasons } from '../../domain/errors.ts';

/** One answer of the API, as sent. */
export interface GivenAnswer {
  readonly method: string;
  readonly path: string;
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
}

type Json = z.infer<ReturnType<typeof z.json>>;

const schema = z.record(z.string(), z.json());
const media = z.record(z.string(), z.object({ schema, example: z.json().optional() }));
const operation = z.object({
  operationId: z.string(),
  parameters: z
    .array(
      z.object({
        name: z.string(),
        in: z.enum(['path', 'query', 'header']),
        required: z.boolean(),
        schema,
      }),
    )
    .default([]),
  requestBody: z.object({ required: z.literal(true), content: media }).optional(),
  /** Empty: no token needed. An empty member beside others: the token is optional. */
  security: z.array(z.record(z.string(), z.array(z.string()))).default([]),
  tags: z.array(z.string()),
  responses: z.record(
    z.string(),
    z.object({
      description: z.string().min(1),
      headers: z.record(z.string(), z.object({ $ref: z.string() })),
      content: media.default({}),
    }),
  ),
});
const documentSchema = z.object({
  openapi: z.literal('3.1.0'),
  info: z.object({ title: z.string(), version: z.string() }),
  tags: z.array(z.object({ name: z.string(), description: z.string().min(1) })),
  components: z.object({
    schemas: z.record(z.string(), schema),
    headers: z.record(z.string(), schema),
    securitySchemes: z.record(z.string(), schema),
  }),
  paths: z.record(
    z.string().startsWith('/v1/'),
    z.partialRecord(z.enum(['get', 'post', 'put', 'patch', 'delete']), operation),
  ),
});

/** The parts of an OpenAPI document that the tests check answers against. */
export type OpenApiDocument = z.infer<typeof documentSchema>;

/** Reads `input` as an OpenAPI document, in which every reference must resolve. */
export function readOpenApi(input: unknown): OpenApiDocument {
  const text = JSON.stringify(input);
  const document = documentSchema.parse(input);
  const known = Object.entries(document.components).flatMap(([kind, components]) =>
    Object.keys(components).map(name => `#/components/${kind}/${name}`),
  );
  for (const [, reference] of text.matchAll(/"\$ref":"([^"]+)"/g)) {
    if (reference === undefined || !known.includes(reference))
      throw new Error(`${reference} does not resolve`);
  }
  return document;
}

/** Every operation of a document with its path and method. */
export function operationsOf(document: OpenApiDocument) {
  return Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, found]) => ({ path, method, ...found })),
  );
}

/**
 * What is wrong with an answer of `operationId` compared with the document, or an empty list. Objects may
 * only have declared members, so that an answer cannot reveal more than it should.
 */
export function faults(
  document: OpenApiDocument,
  operationId: string,
  { status, contentType, body }: { status: number; contentType: string | null; body: unknown },
): string[] {
  const declared = operationsOf(document).find(found => found.operationId === operationId);
  if (declared === undefined) return [`${operationId} is not in the document`];
  const response = declared.responses[String(status)];
  if (response === undefined) return [`${operationId} does not declare ${status}`];
  if (Object.keys(response.content).length === 0 && contentType === null && body === undefined) return [];
  const declaredMedia = response.content[contentType ?? ''];
  if (declaredMedia === undefined) return [`${operationId} does not declare ${contentType} for ${status}`];
  const result = validatorOf(document, declaredMedia.schema).safeParse(body);
  return result.success ? [] : result.error.issues.map(issue => `${issue.path.join('.')}: ${issue.message}`);
}

/** Headers of HTTP, CORS and browser security. Every answer has them, so operations do not declare them. */
const ofEveryAnswer =
  /^(content-length|content-type|vary|access-control-.*|content-security-policy|cross-origin-.*|referrer-policy|strict-transport-security|x-content-type-options|x-frame-options|permissions-policy)$/;

const problemWithReason = z.looseObject({
  type: z.string(),
  reason: z.string().optional(),
  parameters: z.record(z.string(), z.unknown()).optional(),
});

/**
 * What is wrong with the headers of an answer, and with the reason if it is a problem. Answers of
 * unknown paths are not checked.
 */
export function answerFaults(
  document: OpenApiDocument,
  { method, path, status, headers, text }: GivenAnswer,
): string[] {
  const [pathname = ''] = path.split('?');
  const operation = operationsOf(document).find(
    found =>
      found.method === method.toLowerCase() &&
      new RegExp(`^${found.path.replaceAll('.', '\\.').replaceAll(/\{\w+\}/g, '[^/]+')}$`).test(pathname),
  );
  if (operation === undefined) return [];
  const answer = `the ${status} of ${operation.operationId}`;
  const declared = new Headers(
    Object.keys(operation.responses[status]?.headers ?? {}).map((name): [string, string] => [name, '']),
  );
  const unknown = [...headers.keys()].filter(name => !declared.has(name) && !ofEveryAnswer.test(name));
  const faulty = unknown.map(name => `${answer} has the header ${name}`);
  if (headers.get('content-type') !== 'application/problem+json' || text === '') return faulty;
  const { type, reason } = problemWithReason.parse(JSON.parse(text));
  const kind = type.replace('urn:problem-type:', '');
  const known: readonly string[] = Object.entries(reasons).find(([name]) => name === kind)?.[1] ?? [];
  const isRight = known.length === 0 ? reason === undefined : known.includes(reason ?? '');
  return isRight ? faulty : [...faulty, `${answer} is a ${kind} with the reason ${reason}`];
}

// Building a validator takes longer than a hundred validations.
const validators = new WeakMap<OpenApiDocument, Map<Record<string, Json>, z.ZodType>>();

function validatorOf(document: OpenApiDocument, root: Record<string, Json>): z.ZodType {
  const ofDocument = validators.get(document) ?? new Map<Record<string, Json>, z.ZodType>();
  validators.set(document, ofDocument);
  const made = ofDocument.get(root) ?? validator(document, root);
  ofDocument.set(root, made);
  return made;
}

/** The validator of one of the document's schemas. */
function validator(document: OpenApiDocument, root: Record<string, Json>): z.ZodType {
  const $defs = Object.fromEntries(
    Object.entries(document.components.schemas).map(([name, found]) => [name, local(found)]),
  );
  return z.fromJSONSchema(JSON.parse(JSON.stringify({ allOf: [local(root)], $defs })));
}

/** Rewrites the references of `schema` to JSON Schema's own, and closes its objects. */
function local(value: Json): Json {
  if (Array.isArray(value)) return value.map(local);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).map(([name, member]) =>
    name === '$ref' && typeof member === 'string'
      ? [name, member.replace('#/components/schemas/', '#/$defs/')]
      : [name, local(member)],
  );
  const closed =
    'properties' in value && !('additionalProperties' in value) ? { additionalProperties: false } : {};
  return { ...closed, ...Object.fromEntries(entries) };
}
