import {
  IMAGES_PREFIX,
  type ImageKind,
  type ImageObject,
  imageLimits,
  UPLOADS_PREFIX,
} from '../../model/image.ts';
import type { PublicProfile } from '../../model/profile.ts';
import { present } from '../../model/row.ts';
import { addMs, type Timestamp, toTimestamp } from '../../model/time.ts';
import type { User } from '../../model/user.ts';
import { putChannel } from '../../store/channels.ts';
import { retryOnConflict } from '../../store/conflicts.ts';
import type { Database } from '../../store/database.ts';
import type { ImageBucket, UploadForm } from '../../store/imageBucket.ts';
import { transact } from '../../store/transaction.ts';
import { getUser, putUserChange } from '../../store/users.ts';
import { getAccount, getActiveUser } from '../accounts/profile.ts';
import type { Caller } from '../accounts/tokens.ts';
import { NotFoundError, RefusedValuesError } from '../errors.ts';
import { type CheckedImage, type ImageType, imageTypes, NotAnImageError, readImage } from './imageFile.ts';

// Invariants:
// - Only checked bytes are public: a checked image is written under a new key, and an upload is never public.
// - An object below `images/` is in `imageObjects` of its user from before it is written until after it is deleted. So a
//   run that is killed leaves no object that nobody knows, and the schedule deletes what no profile shows.
// - A key is used once. So nobody deletes an image that another request is about to show.

export interface ImageDependencies {
  readonly database: Database<'users' | 'channels'>;
  readonly bucket: ImageBucket;
  readonly clock: () => Date;
  /** Creates a unique id of lower-case hexadecimal digits. */
  readonly newId: () => string;
}

/** A form for one upload. */
export interface ImageUpload extends UploadForm {
  readonly uploadId: string;
  readonly maxBytes: number;
  readonly expiresAt: Timestamp;
}

const UPLOAD_MS = 10 * 60_000;

/**
 * Creates a form with which the caller uploads an image. S3 accepts only the key, the content type and the size that
 * are in its policy. One database request.
 *
 * @throws UnauthenticatedError when the caller's account is deleted or being deleted
 */
export async function startUpload(
  { database, bucket, clock, newId }: ImageDependencies,
  caller: Pick<Caller, 'userId'>,
  kind: ImageKind,
  contentType: ImageType,
): Promise<ImageUpload> {
  await getActiveUser(database, caller);
  const now = clock();
  const uploadId = newId();
  const { maxBytes } = imageLimits[kind];
  const expiresAt = addMs(toTimestamp(now), UPLOAD_MS);
  const key = uploadKey(caller.userId, kind, uploadId);
  const form = await bucket.signUpload({ key, contentType, maxBytes, expiresAt }, now);
  return { ...form, uploadId, maxBytes, expiresAt };
}

/**
 * Checks an upload of the caller by its bytes and shows it instead of the former image, which is deleted. A repetition
 * changes nothing. Three requests to the bucket, one more if there was an image, and six database requests.
 *
 * The caller confirms the upload, instead of an event of S3: the answer can say why a file is refused, and local mode and
 * a container need no further function.
 *
 * @throws NotFoundError when the caller has no such upload, or it has expired
 * @throws RefusedValuesError when the file is no image of a supported format and size
 * @throws UnauthenticatedError when the caller's account is deleted or being deleted
 */
export async function confirmUpload(
  dependencies: ImageDependencies,
  caller: Caller,
  kind: ImageKind,
  uploadId: string,
): Promise<PublicProfile> {
  const { database, bucket, clock, newId } = dependencies;
  const { user } = await getAccount(database, caller);
  if (shownUpload(user, kind) === uploadId) return user;
  const key = uploadKey(caller.userId, kind, uploadId);
  const bytes = await bucket.get(key);
  if (bytes === undefined) {
    // A request at the same time may have confirmed it.
    const again = await getActiveUser(database, caller);
    if (shownUpload(again, kind) === uploadId) return again;
    throw new NotFoundError('upload');
  }
  const image = await checked(bytes, kind).catch(async (error: unknown) => {
    await bucket.delete(key);
    throw error;
  });
  const path = `${IMAGES_PREFIX}${caller.userId}/${kind}-${newId()}.${imageTypes[image.type]}`;
  await recordObject(database, caller, { path, uploadId, recordedAt: toTimestamp(clock()) });
  await bucket.put(path, image.type, image.bytes);
  try {
    const shown = await showImage(dependencies, caller, kind, path);
    await bucket.delete(key);
    return shown;
  } catch (error) {
    // The account was deleted in the meantime. If this fails too, the deletion or the schedule deletes the object.
    await bucket.delete(path);
    throw error;
  }
}

/**
 * Removes an image of the caller, and deletes it. A repetition changes nothing.
 *
 * @throws UnauthenticatedError when the caller's account is deleted or being deleted
 */
export async function removeImage(
  dependencies: ImageDependencies,
  caller: Caller,
  kind: ImageKind,
): Promise<void> {
  await showImage(dependencies, caller, kind, undefined);
}

const uploadKey = (userId: string, kind: ImageKind, uploadId: string) =>
  `${UPLOADS_PREFIX}${userId}/${kind}-${uploadId}`;

/** Returns the upload that a user's current image comes from. */
function shownUpload({ imageObjects = [], ...user }: User, kind: ImageKind): string | undefined {
  return imageObjects.find(({ path }) => path === user[kind])?.uploadId;
}

/** @throws RefusedValuesError */
async function checked(bytes: Buffer, kind: ImageKind): Promise<CheckedImage> {
  const { minPixels, maxPixels, maxBytes } = imageLimits[kind];
  const refuse = (message: string) => new RefusedValuesError([{ field: 'uploadId', message }]);
  if (bytes.length > maxBytes) throw refuse(`must have at most ${maxBytes} bytes (got ${bytes.length})`);
  let image: CheckedImage;
  try {
    image = readImage(bytes);
  } catch (error) {
    if (error instanceof NotAnImageError)
      throw refuse(`must be a PNG, JPEG, WebP or GIF image: ${error.message}`);
    throw error;
  }
  const { width, height } = image;
  if ([width, height].some(side => side < minPixels || side > maxPixels))
    throw refuse(`must have ${minPixels} to ${maxPixels} pixels on each side (got ${width} x ${height})`);
  return image;
}

function recordObject(
  database: ImageDependencies['database'],
  caller: Caller,
  object: ImageObject,
): Promise<User> {
  return retryOnConflict(async () => {
    const user = await getActiveUser(database, caller);
    const imageObjects = [...(user.imageObjects ?? []), object];
    const change = { imageObjects, pending: present } as const;
    const { committed } = await transact(database, [
      putUserChange(database, user, change, object.recordedAt),
    ]);
    return committed ? user : 'conflict';
  });
}

/** Shows the image at `path`, or none, and deletes the one that was shown before. */
async function showImage(
  { database, bucket, clock }: ImageDependencies,
  caller: Caller,
  kind: ImageKind,
  path: string | undefined,
): Promise<PublicProfile> {
  const { shown, former } = await retryOnConflict(async () => {
    const { user, channel } = await getAccount(database, caller);
    const former = user[kind];
    const shown = { ...user, [kind]: path };
    if (former === path) return { shown, former: undefined };
    const now = toTimestamp(clock());
    const pending = former === undefined ? pendingOf(shown) : present;
    const { committed } = await transact(database, [
      putUserChange(database, user, { [kind]: path, pending }, now),
      putChannel(database, channel, { ...channel, [kind]: path, updatedAt: now }),
    ]);
    return committed ? { shown, former } : 'conflict';
  });
  if (former !== undefined) await deleteObjects({ database, bucket, clock }, caller.userId, [former]);
  return shown;
}

/** The user's row is pending while it records an object that no profile shows. */
const pendingOf = (user: User): User['pending'] =>
  user.imageObjects?.some(({ path }) => !isShown(user, path)) ? present : undefined;

const isShown = ({ avatar, banner }: User, path: string) => path === avatar || path === banner;

interface Cleaning extends Pick<ImageDependencies, 'database' | 'clock'> {
  readonly bucket: Pick<ImageBucket, 'delete'>;
}

/** Deletes objects that a user does not show, and then their records. */
async function deleteObjects(
  { database, bucket, clock }: Cleaning,
  userId: string,
  paths: readonly string[],
) {
  for (const path of paths) await bucket.delete(path);
  await retryOnConflict(async () => {
    const user = await getUser(database, userId);
    if (user?.status !== 'active') return 'gone';
    const imageObjects = user.imageObjects?.filter(({ path }) => !paths.includes(path));
    const change = { imageObjects, pending: pendingOf({ ...user, imageObjects }) };
    const { committed } = await transact(database, [
      putUserChange(database, user, change, toTimestamp(clock())),
    ]);
    return committed ? 'done' : 'conflict';
  });
}

/** Longer than any request runs: an object that is not shown by then will never be shown. */
const UNUSED_AFTER_MS = 10 * 60_000;

/**
 * Deletes the objects that interrupted requests of an active user left.
 *
 * @returns whether all are deleted. Objects of the last ten minutes may belong to a request that is still running.
 */
export async function deleteUnusedImages(dependencies: Cleaning, userId: string): Promise<boolean> {
  const user = await getUser(dependencies.database, userId);
  if (user?.status !== 'active') return true;
  const before = addMs(toTimestamp(dependencies.clock()), -UNUSED_AFTER_MS);
  const unused = (user.imageObjects ?? []).filter(({ path }) => !isShown(user, path));
  const old = unused.filter(({ recordedAt }) => recordedAt < before).map(({ path }) => path);
  if (old.length > 0) await deleteObjects(dependencies, userId, old);
  return old.length === unused.length;
}

/**
 * Deletes all images of a user who is being deleted.
 *
 * @returns false while a request that began before the deletion may still write one
 */
export async function deleteAllImages(
  { bucket, clock }: { readonly bucket: Pick<ImageBucket, 'delete'>; readonly clock: () => Date },
  user: User,
): Promise<boolean> {
  const objects = user.imageObjects ?? [];
  const before = addMs(toTimestamp(clock()), -UNUSED_AFTER_MS);
  if (objects.some(({ path, recordedAt }) => !isShown(user, path) && recordedAt >= before)) return false;
  for (const { path } of objects) await bucket.delete(path);
  return true;
}
