import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import openapiTypescript from 'openapi-typescript';
import { z } from 'zod';
import { openApiDocument } from '../lambdas/api/openApi.ts';
import { channelState, roomEvents, stageState } from '../model/roomEvents.ts';
import { eventsDocument } from './eventsDocument.ts';

// `make client` generates the types of the package from the OpenAPI document and the events, and docs/events.md.
async function main(): Promise<void> {
  const document = JSON.parse(JSON.stringify(openApiDocument()));
  Object.assign(document.components.schemas, {
    ChannelState: z.toJSONSchema(channelState),
    StageState: z.toJSONSchema(stageState),
    RoomEventName: { type: 'string', enum: Object.keys(roomEvents) },
  });
  writeFileSync(join(process.cwd(), 'client', 'schema.ts'), await openapiTypescript(document));
  writeFileSync(join(process.cwd(), 'docs', 'events.md'), eventsDocument());
}

void main();
