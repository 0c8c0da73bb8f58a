import { z } from '@hono/zod-openapi';
import { none, route } from '../http/route.ts';

export const getHealthRoute = route('getHealth', {
  summary: 'Get the health of the API',
  description:
    'Returns `ok` when the API can answer requests. It does not check the services that the API depends on.',
  params: none,
  query: none,
  auth: 'none',
  ok: { description: 'The API is running.', schema: z.object({ status: z.literal('ok') }).openapi('Health') },
  problems: [],
});

/** The schema of the response, as far as this API defines it. The OpenAPI specification defines the rest. */
export const openApiSchema = z
  .looseObject({ openapi: z.string().openapi({ example: '3.1.0' }) })
  .openapi('OpenApiDocument');

export const getOpenApiRoute = route('getOpenApi', {
  summary: 'Get the OpenAPI document',
  description: 'Returns the OpenAPI 3.1 document of the whole API.',
  params: none,
  query: none,
  auth: 'none',
  ok: {
    description: 'The OpenAPI 3.1 document.',
    schema: openApiSchema,
  },
  problems: [],
});
