import { type EditDependencies, editStream } from '../../../domain/ownChannel.ts';
import type { OwnStreamKeyDependencies } from '../../../domain/streamKey.ts';
import type { UserResources } from '../../../ivs/ports.ts';
import { resourceApp } from '../http/app.ts';
import { callerOf } from '../http/auth.ts';
import type { HttpApp } from '../http/context.ts';
import type { Guards } from '../http/guards.ts';
import { reviewTexts } from '../http/reviewedText.ts';
import { shapeStream } from '../streams/shape.ts';
import type {
  getIngestOperation,
  putMetadataOperation,
  replaceStreamKeyOperation,
  stopStreamOperation,
  updateChannelOperation,
  updateStreamOperation,
} from './answers.ts';
import { putMetadata, stopStream } from './broadcast.ts';
import { getIngest, replaceStreamKey } from './ingest.ts';
import {
  getIngestRoute,
  putMetadataRoute,
  replaceStreamKeyRoute,
  stopStreamRoute,
  updateChannelRoute,
  updateStreamRoute,
} from './routes.ts';
import { updateChannel } from './updateChannel.ts';

export interface OwnChannelDependencies extends EditDependencies {
  readonly database: EditDependencies['database'] & OwnStreamKeyDependencies['database'];
  readonly resources: Pick<
    UserResources,
    'createStreamKey' | 'deleteStreamKey' | 'listStreamKeys' | 'stopStream' | 'putMetadata'
  >;
  /** Returns the given number of cryptographically random bytes. */
  readonly random: (bytes: number) => Uint8Array;
  /** The base URL of recordings, without a slash at the end. */
  readonly recordingsUrl: string;
  /** Returns the start of the oldest streams whose recordings are shown. */
  readonly shownSince: () => string;
  readonly guards: Guards;
}

const ID_BYTES = 16;

export function ownChannelApp({
  guards,
  random,
  recordingsUrl,
  shownSince,
  ...dependencies
}: OwnChannelDependencies): HttpApp {
  const newId = () => Buffer.from(random(ID_BYTES)).toString('base64url');
  const app = resourceApp(guards);
  app.handle<typeof updateChannelOperation>(updateChannelRoute, updateChannel(dependencies));
  app.handle<typeof updateStreamOperation>(updateStreamRoute, async c => {
    const edit = c.req.valid('json');
    await reviewTexts({ title: edit.title });
    const edited = await editStream(dependencies, callerOf(c), c.req.valid('param'), edit);
    return c.json(shapeStream(edited, recordingsUrl, shownSince()), 200);
  });
  app.handle<typeof getIngestOperation>(getIngestRoute, getIngest(dependencies.database));
  app.handle<typeof replaceStreamKeyOperation>(
    replaceStreamKeyRoute,
    replaceStreamKey({ ...dependencies, newId }),
  );
  app.handle<typeof putMetadataOperation>(putMetadataRoute, putMetadata(dependencies));
  app.handle<typeof stopStreamOperation>(stopStreamRoute, stopStream(dependencies));
  return app;
}
