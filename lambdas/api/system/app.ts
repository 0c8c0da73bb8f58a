import { resourceApp } from '../http/app.ts';
import type { HttpApp } from '../http/context.ts';
import { openApiDocument } from '../openApi.ts';
import type { getHealthOperation, getOpenApiOperation, OpenApiBody } from './answers.ts';
import { getHealthRoute, getOpenApiRoute } from './routes.ts';

export function systemApp(): HttpApp {
  const app = resourceApp();
  app.handle<typeof getHealthOperation>(getHealthRoute, c => c.json({ status: 'ok' } as const, 200));
  app.handle<typeof getOpenApiOperation>(getOpenApiRoute, c => {
    const document: OpenApiBody = { ...openApiDocument() };
    return c.json(document, 200);
  });
  return app;
}
