import { useState } from 'preact/hooks';
import { Link } from 'wouter-preact';
import { fieldErrorsOf } from '../../../data/problems.ts';
import { type Profile, useProfile, useUpdateProfile } from '../../../data/profile.ts';
import { Avatar } from '../../../parts/avatar.tsx';
import { nameColor } from '../../../parts/nameColor.ts';
import { Failure } from '../../../parts/notice.tsx';
import { Refusal } from '../../../parts/refusal.tsx';
import { TextField } from '../../../parts/textField.tsx';
import { useTitle } from '../../../parts/useTitle.ts';
import { ImagePanel } from './imagePanel.tsx';
import './profile.css';

/** What everybody can see of the user besides the username. */
export function ProfilePage() {
  const { data, isError, error, refetch } = useProfile();
  useTitle('Profile');
  return (
    <>
      <div class="pageHead">
        <h1>Profile</h1>
      </div>
      {data === undefined && isError && <Failure error={error} retry={() => void refetch()} />}
      {data === undefined && !isError && (
        <div class="skeleton profileSkeleton" role="status" aria-label="Loading" />
      )}
      {data !== undefined && <ProfileForm profile={data} />}
    </>
  );
}

interface Draft {
  readonly displayName: string;
  readonly bio: string;
  /** Empty without a color. */
  readonly color: string;
}

const draftOf = ({ displayName, bio, color }: Pick<Profile, 'displayName' | 'bio' | 'color'>): Draft => ({
  displayName: displayName ?? '',
  bio: bio ?? '',
  color: color ?? '',
});

/** The color that the field begins with. */
const FIRST_COLOR = '#4c6ef5';

function ProfileForm({ profile }: { readonly profile: Profile }) {
  const [changes, setChanges] = useState<Partial<Draft>>({});
  const update = useUpdateProfile();
  const saved = draftOf(profile);
  const draft = { ...saved, ...changes };
  const fields = Object.keys(saved) as (keyof Draft)[];
  const isChanged = fields.some(field => draft[field] !== saved[field]);
  const errors = fieldErrorsOf(update.error);
  const change = (part: Partial<Draft>) => {
    update.reset();
    setChanges({ ...changes, ...part });
  };
  return (
    <div class="panelColumns">
      <section class="panel" aria-labelledby="shown">
        <h2 id="shown">What others see</h2>
        <form
          onSubmit={event => {
            event.preventDefault();
            const { displayName, bio, color } = draft;
            const orNull = (text: string) => (text.trim() === '' ? null : text);
            update.mutate(
              { displayName: orNull(displayName), bio: orNull(bio), color: orNull(color) },
              { onSuccess: () => setChanges({}) },
            );
          }}
        >
          <TextField
            label="Display name"
            hint="Shown instead of your username. At most 50 characters."
            value={draft.displayName}
            onValue={displayName => change({ displayName })}
            autoComplete="nickname"
            isRequired={false}
            error={errors['displayName']}
          />
          <TextField
            label="About you"
            hint="One line on your channel. At most 200 characters."
            value={draft.bio}
            onValue={bio => change({ bio })}
            autoComplete="off"
            isRequired={false}
            error={errors['bio']}
          />
          <fieldset class="field colorField">
            <legend class="label">Color of your name in chat</legend>
            <label>
              <input
                type="checkbox"
                checked={draft.color !== ''}
                onChange={({ currentTarget }) => change({ color: currentTarget.checked ? FIRST_COLOR : '' })}
              />
              Choose my own
            </label>
            {draft.color !== '' && (
              <input
                type="color"
                aria-label="Color"
                value={draft.color}
                onInput={({ currentTarget }) => change({ color: currentTarget.value })}
              />
            )}
          </fieldset>
          <div class="formEnd">
            <button type="submit" class="button primary" disabled={!isChanged || update.isPending}>
              {update.isPending ? 'Saving…' : 'Save'}
            </button>
            <span role="status">{update.isSuccess && !isChanged ? 'Saved' : ''}</span>
          </div>
          {Object.keys(errors).length === 0 && <Refusal error={update.error} />}
        </form>
      </section>
      <div class="panelColumn">
        <Preview profile={profile} draft={draft} />
        <ImagePanel
          kind="avatar"
          title="Avatar"
          limits="at most 2 MB, 64 to 2048 pixels on each side"
          profile={profile}
        />
        <ImagePanel
          kind="banner"
          title="Banner"
          limits="at most 4 MB, 128 to 4096 pixels on each side"
          profile={profile}
        />
      </div>
    </div>
  );
}

function Preview({ profile, draft }: { readonly profile: Profile; readonly draft: Draft }) {
  const { username, avatarUrl } = profile;
  const name = draft.displayName.trim() || username;
  return (
    <section class="panel" aria-labelledby="preview">
      <h2 id="preview">Preview</h2>
      <div class="profilePreview">
        <Avatar name={name} url={avatarUrl} size={64} />
        <div>
          <strong>
            <bdi>{name}</bdi>
          </strong>
          <p class="explained">@{username}</p>
          {draft.bio.trim() !== '' && (
            <p>
              <bdi>{draft.bio}</bdi>
            </p>
          )}
        </div>
      </div>
      <p class="chatSample">
        <bdi class="name" style={{ color: nameColor({ name, color: draft.color || undefined }) }}>
          {name}
        </bdi>
        {': '}
        This is how you look in chat. The color is lighter in the dark theme and darker in the light one.
      </p>
      <p class="explained">
        Your username is in the address of your channel. Change it in the{' '}
        <Link href="/settings">settings</Link>.
      </p>
    </section>
  );
}
