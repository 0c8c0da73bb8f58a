import {
  confirmUpload,
  type ImageDependencies,
  removeImage,
  startUpload,
} from '../../../domain/images/images.ts';
import { resourceApp } from '../http/app.ts';
import { callerOf } from '../http/auth.ts';
import type { HttpApp } from '../http/context.ts';
import type { Guards } from '../http/guards.ts';
import { shapeShown } from '../users/profileShape.ts';
import type { confirmImageOperation, createImageUploadOperation, deleteImageOperation } from './answers.ts';
import { confirmImageRoute, createImageUploadRoute, deleteImageRoute } from './routes.ts';

export interface ImagesDependencies extends Omit<ImageDependencies, 'newId'> {
  /** The base URL of recordings and images, without a slash at the end. */
  readonly recordingsUrl: string;
  /** Returns the given number of cryptographically random bytes. */
  readonly random: (bytes: number) => Uint8Array;
  readonly guards: Guards;
}

// Whoever knows the path of an image can see it, so nobody may guess one.
const ID_BYTES = 16;

export function imagesApp({ guards, random, recordingsUrl, ...given }: ImagesDependencies): HttpApp {
  const dependencies = { ...given, newId: () => Buffer.from(random(ID_BYTES)).toString('hex') };
  const app = resourceApp(guards);
  app.handle<typeof createImageUploadOperation>(createImageUploadRoute, async c => {
    const { contentType } = c.req.valid('json');
    const upload = await startUpload(dependencies, callerOf(c), c.req.valid('param').kind, contentType);
    return c.json({ ...upload, fields: { ...upload.fields } }, 201);
  });
  app.handle<typeof confirmImageOperation>(confirmImageRoute, async c => {
    const { uploadId } = c.req.valid('json');
    const profile = await confirmUpload(dependencies, callerOf(c), c.req.valid('param').kind, uploadId);
    return c.json(shapeShown(profile, recordingsUrl), 200);
  });
  app.handle<typeof deleteImageOperation>(deleteImageRoute, async c => {
    await removeImage(dependencies, callerOf(c), c.req.valid('param').kind);
    return c.body(null, 204);
  });
  return app;
}
