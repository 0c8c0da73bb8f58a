import { randomBytes } from 'node:crypto';
import { databaseFrom } from '../../../store/database.ts';
import { imageBucketFrom } from '../../../store/imageBucket.ts';
import { recordingsUrlFrom } from '../http/environment.ts';
import { resourceHandler } from '../http/lambda.ts';
import { guardsFrom } from '../http/resourceGuards.ts';
import { imagesApp } from './app.ts';

const database = databaseFrom(process.env, ['users', 'channels', 'rateLimits', 'sessions']);

const images = imagesApp({
  database,
  bucket: imageBucketFrom(process.env, database),
  recordingsUrl: recordingsUrlFrom(process.env),
  clock: () => new Date(),
  random: randomBytes,
  guards: guardsFrom(process.env, { database }),
});

/** Serves uploads of avatars and banners. Called by API Gateway. */
export const handler = resourceHandler(images);
