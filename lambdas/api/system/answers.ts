import { z } from '@hono/zod-openapi';
import { operation } from '../http/operation.ts';
import { getHealthRoute, getOpenApiRoute } from './routes.ts';

/** The schema of the response, as far as this API defines it. The OpenAPI specification defines the rest. */
const openApiSchema = z
  .looseObject({ openapi: z.string().openapi({ example: '3.1.0' }) })
  .openapi('OpenApiDocument');
export type OpenApiBody = z.infer<typeof openApiSchema>;

export const getHealthOperation = operation(getHealthRoute, {
  summary: 'Get the health of the API',
  description:
    'Returns `ok` when the API can answer requests. It does not check the services that the API depends on.',
  ok: { description: 'The API is running.', schema: z.object({ status: z.literal('ok') }).openapi('Health') },
  problems: [],
});

export const getOpenApiOperation = operation(getOpenApiRoute, {
  summary: 'Get the OpenAPI document',
  description: 'Returns the OpenAPI 3.1 document of the whole API.',
  ok: {
    description: 'The OpenAPI 3.1 document.',
    schema: openApiSchema,
  },
  problems: [],
});
