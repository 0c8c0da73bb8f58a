import { useState } from 'preact/hooks';
import {
  ImageError,
  type ImageKind,
  imageTypes,
  useDeleteImage,
  useUploadImage,
} from '../../../data/images.ts';
import { firstErrorOf } from '../../../data/problems.ts';
import type { Profile } from '../../../data/profile.ts';
import { Avatar } from '../../../parts/avatar.tsx';
import { ConfirmDialog } from '../../../parts/confirmDialog.tsx';

interface ImagePanelProps {
  readonly kind: ImageKind;
  readonly title: string;
  /** What the API accepts. */
  readonly limits: string;
  readonly profile: Profile;
}

/** An image of the profile, which is shown as soon as it is uploaded. */
export function ImagePanel({ kind, title, limits, profile }: ImagePanelProps) {
  const upload = useUploadImage(kind);
  const remove = useDeleteImage(kind);
  const [isRemoving, setRemoving] = useState(false);
  const url = kind === 'avatar' ? profile.avatarUrl : profile.bannerUrl;
  const { error } = upload;
  return (
    <section class="panel" aria-labelledby={kind}>
      <h2 id={kind}>{title}</h2>
      <p class="explained">PNG, JPEG, WebP or GIF; {limits}. The place of a photo is removed.</p>
      {kind === 'avatar' && <Avatar name={profile.displayName ?? profile.username} url={url} size={96} />}
      {kind === 'banner' && url !== null && <img class="bannerPicture" src={url} alt="Your banner" />}
      {upload.isError && (
        <p class="refusal" role="alert">
          {error instanceof ImageError ? error.message : firstErrorOf(error)}
        </p>
      )}
      <div class="formEnd">
        <label class="button filePicker">
          {upload.isPending ? 'Uploading…' : `Upload ${kind === 'avatar' ? 'an avatar' : 'a banner'}`}
          <input
            type="file"
            accept={imageTypes.join(',')}
            disabled={upload.isPending}
            onChange={({ currentTarget }) => {
              const file = currentTarget.files?.[0];
              if (file !== undefined) upload.mutate(file);
              // The same file can be chosen again after an error.
              currentTarget.value = '';
            }}
          />
        </label>
        {url !== null && (
          <button type="button" class="button" onClick={() => setRemoving(true)}>
            Remove
          </button>
        )}
        <span role="status">{upload.isSuccess && url !== null ? 'Saved' : ''}</span>
      </div>
      {isRemoving && (
        <ConfirmDialog
          title={`Remove the ${kind}?`}
          action="Remove"
          onConfirm={() => remove.mutate(undefined, { onSuccess: () => setRemoving(false) })}
          onClose={() => setRemoving(false)}
          isPending={remove.isPending}
          error={remove.error}
        >
          <p>The file is deleted. {kind === 'avatar' ? 'Your first letter is shown instead.' : ''}</p>
        </ConfirmDialog>
      )}
    </section>
  );
}
