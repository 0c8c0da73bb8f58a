import { z } from '@hono/zod-openapi';
import { none, route } from '../http/route.ts';

export const getHealthRoute = route('getHealth', {
  summary: 'Health',
  description: 'Whether the API answers. It asks nothing of the services behind it.',
  params: none,
  query: none,
  auth: 'none',
  ok: { description: 'It does.', schema: z.object({ status: z.literal('ok') }).openapi('Health') },
  problems: [],
});

/** The document, as far as this API says what is in it: the rest is the OpenAPI specification's. */
export const openApiSchema = z
  .looseObject({ openapi: z.string().openapi({ example: '3.1.0' }) })
  .openapi('OpenApiDocument');

export const getOpenApiRoute = route('getOpenApi', {
  summary: 'This document',
  description: 'The OpenAPI 3.1 document of the whole API.',
  params: none,
  query: none,
  auth: 'none',
  ok: {
    description: 'An OpenAPI 3.1 document.',
    schema: openApiSchema,
  },
  problems: [],
});
