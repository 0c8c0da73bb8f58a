import { useEffect, useRef, useState } from 'preact/hooks';
import { Link } from 'wouter-preact';
import { signOut } from '../data/account.ts';
import { useProfile } from '../data/profile.ts';
import { Avatar } from '../parts/avatar.tsx';

/** The menu of the signed-in user. */
export function AccountMenu({ username }: { readonly username: string }) {
  const profile = useProfile();
  const [isOpen, setOpen] = useState(false);
  const menu = useRef<HTMLDivElement>(null);
  const button = useRef<HTMLButtonElement>(null);
  useEffect(() => {
    if (!isOpen) return;
    const closeOutside = ({ target }: Event) => {
      if (target instanceof Node && !menu.current?.contains(target)) setOpen(false);
    };
    const closeByKey = ({ key }: KeyboardEvent) => {
      if (key !== 'Escape') return;
      setOpen(false);
      button.current?.focus();
    };
    document.addEventListener('pointerdown', closeOutside);
    document.addEventListener('focusin', closeOutside);
    document.addEventListener('keydown', closeByKey);
    return () => {
      document.removeEventListener('pointerdown', closeOutside);
      document.removeEventListener('focusin', closeOutside);
      document.removeEventListener('keydown', closeByKey);
    };
  }, [isOpen]);
  const close = () => setOpen(false);
  return (
    <div class="menu" ref={menu}>
      <button
        type="button"
        ref={button}
        aria-expanded={isOpen}
        aria-label={`Account of ${username}`}
        onClick={() => setOpen(!isOpen)}
      >
        <Avatar name={profile.data?.displayName ?? username} url={profile.data?.avatarUrl} size={36} />
      </button>
      {isOpen && (
        <div class="menuItems">
          <div class="who">
            Signed in as{' '}
            <strong>
              <bdi>{username}</bdi>
            </strong>
          </div>
          <Link href={`/c/${username}`} onClick={close}>
            Your channel
          </Link>
          <Link href="/dashboard" onClick={close}>
            Dashboard
          </Link>
          <Link href="/moderating" onClick={close}>
            Moderating
          </Link>
          <Link href="/settings" onClick={close}>
            Settings
          </Link>
          <button
            type="button"
            onClick={() => {
              close();
              void signOut();
            }}
          >
            Sign out
          </button>
        </div>
      )}
    </div>
  );
}
