import { useMutation } from '@tanstack/preact-query';
import type { paths } from '../../client/index.ts';
import { api, bodyOf } from './api.ts';
import { ConnectionError } from './problems.ts';
import { showProfile } from './profile.ts';

type Upload = paths['/v1/users/me/images/{kind}/uploads']['post'];
export type ImageKind = Upload['parameters']['path']['kind'];
type ContentType = NonNullable<Upload['requestBody']>['content']['application/json']['contentType'];

/** The types of files that the API accepts. */
export const imageTypes: readonly ContentType[] = ['image/png', 'image/jpeg', 'image/webp', 'image/gif'];

/** A file that was refused before the API saw it. `message` is a sentence for the user. */
export class ImageError extends Error {
  override readonly name = 'ImageError';
}

/** Uploads an image to the storage, which accepts only what the form of the API allows, and shows it. */
export function useUploadImage(kind: ImageKind) {
  return useMutation({
    mutationFn: async (file: File) => {
      const contentType = imageTypes.find(type => type === file.type);
      if (contentType === undefined) throw new ImageError('Choose a PNG, JPEG, WebP or GIF file.');
      const params = { path: { kind } };
      const upload = await bodyOf(
        api.POST('/v1/users/me/images/{kind}/uploads', { params, body: { contentType } }),
      );
      if (file.size > upload.maxBytes)
        throw new ImageError(`The file has more than ${Math.floor(upload.maxBytes / 1024 / 1024)} MB.`);
      await sendFile(upload, file);
      return bodyOf(api.PUT('/v1/users/me/images/{kind}', { params, body: { uploadId: upload.uploadId } }));
    },
    onSuccess: showProfile,
  });
}

async function sendFile(
  { url, fields }: { readonly url: string; readonly fields: Readonly<Record<string, string>> },
  file: File,
): Promise<void> {
  const form = new FormData();
  for (const [name, value] of Object.entries(fields)) form.append(name, value);
  // The storage ignores what follows the file.
  form.append('file', file);
  let answer: Response;
  try {
    answer = await fetch(url, { method: 'POST', body: form });
  } catch (error) {
    throw new ConnectionError('the storage cannot be reached', { cause: error });
  }
  if (!answer.ok) throw new ImageError('The file was not accepted. Choose another one.');
}

/** Removes an image from the profile. */
export function useDeleteImage(kind: ImageKind) {
  return useMutation({
    mutationFn: async () => {
      await bodyOf(api.DELETE('/v1/users/me/images/{kind}', { params: { path: { kind } } }));
      return kind === 'avatar' ? { avatarUrl: null } : { bannerUrl: null };
    },
    onSuccess: showProfile,
  });
}
