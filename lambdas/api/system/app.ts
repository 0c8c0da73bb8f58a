import { resourceApp } from '../http/app.ts';
import type { HttpApp } from '../http/context.ts';
import { openApiDocument } from '../openApi.ts';
import { getHealthRoute, getOpenApiRoute, openApiSchema } from './routes.ts';

// The document changes only with a deployment.
const cache = { 'Cache-Control': 'public, max-age=300' };

export function systemApp(): HttpApp {
  const app = resourceApp();
  app.openapi(getHealthRoute, c => c.json({ status: 'ok' } as const, 200));
  app.openapi(getOpenApiRoute, c => c.json(openApiSchema.parse(openApiDocument()), 200, cache));
  return app;
}
