import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import openapiTypescript from 'openapi-typescript';
import { openApiDocument } from '../lambdas/api/openApi.ts';

// `make client`: writes the types of the API's requests and answers, as its document has them, for client.ts.
async function main(): Promise<void> {
  const document = JSON.parse(JSON.stringify(openApiDocument()));
  writeFileSync(join(process.cwd(), 'client', 'schema.ts'), await openapiTypescript(document));
}

void main();
