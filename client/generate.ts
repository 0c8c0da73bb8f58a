import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import openapiTypescript from 'openapi-typescript';
import { openApiDocument } from '../lambdas/api/openApi.ts';

// `make client` generates the types that client.ts uses from the OpenAPI document.
async function main(): Promise<void> {
  const document = JSON.parse(JSON.stringify(openApiDocument()));
  writeFileSync(join(process.cwd(), 'client', 'schema.ts'), await openapiTypescript(document));
}

void main();
