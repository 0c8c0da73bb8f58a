import { useMutation } from '@tanstack/preact-query';
import { useState } from 'preact/hooks';
import { useLocation } from 'wouter-preact';
import { changePassword, deleteAccount, rename, useUser } from '../../data/account.ts';
import { sentenceOf } from '../../data/problems.ts';
import { Dialog } from '../../parts/dialog.tsx';
import { MutationForm } from '../../parts/mutationForm.tsx';
import { SignedIn } from '../../parts/signedIn.tsx';
import { TextField } from '../../parts/textField.tsx';
import { useTitle } from '../../parts/useTitle.ts';
import { Email } from './email.tsx';
import './settings.css';
import { SignIns } from './signIns.tsx';

/** The account: its name, its password, its address, its sign-ins, and its end. */
export function Settings() {
  useTitle('Settings');
  return (
    <SignedIn>
      <div class="page">
        <div class="settingsPage">
          <h1>Settings</h1>
          <NameForm />
          <PasswordForm />
          <Email />
          <SignIns />
          <Deletion />
        </div>
      </div>
    </SignedIn>
  );
}

function NameForm() {
  const user = useUser();
  const [name, setName] = useState(user?.username ?? '');
  const [password, setPassword] = useState('');
  return (
    <section class="panel" aria-labelledby="name">
      <h2 id="name">Username</h2>
      <p>Links with your old name lead to your channel for 30 days. Nobody else can take it in that time.</p>
      <MutationForm
        act={() => rename(name.trim(), password)}
        button="Change name"
        done="Your name was changed."
        onDone={() => setPassword('')}
        fields={errors => (
          <>
            <TextField
              label="New username"
              value={name}
              onValue={setName}
              autoComplete="username"
              maxLength={32}
              error={errors['username']}
            />
            <TextField
              label="Current password"
              type="password"
              value={password}
              onValue={setPassword}
              autoComplete="current-password"
              error={errors['currentPassword']}
            />
          </>
        )}
      />
    </section>
  );
}

function PasswordForm() {
  const [password, setPassword] = useState('');
  const [current, setCurrent] = useState('');
  return (
    <section class="panel" aria-labelledby="password">
      <h2 id="password">Password</h2>
      <p>A new password signs you out on all other devices.</p>
      <MutationForm
        act={() => changePassword(password, current)}
        button="Change password"
        done="Your password was changed."
        onDone={() => {
          setPassword('');
          setCurrent('');
        }}
        fields={errors => (
          <>
            <TextField
              label="Current password"
              type="password"
              value={current}
              onValue={setCurrent}
              autoComplete="current-password"
              error={errors['currentPassword']}
            />
            <TextField
              label="New password"
              type="password"
              value={password}
              onValue={setPassword}
              autoComplete="new-password"
              hint="At least 8 characters."
              error={errors['password']}
            />
          </>
        )}
      />
    </section>
  );
}

function Deletion() {
  const [isAsking, setAsking] = useState(false);
  const [password, setPassword] = useState('');
  const [, navigate] = useLocation();
  const deletion = useMutation({
    mutationFn: deleteAccount,
    onSuccess: () => navigate('/'),
  });
  return (
    <section class="panel" aria-labelledby="deletion">
      <h2 id="deletion">Delete account</h2>
      <p>
        Your channel, its past streams, chat, followers and your sign-ins are deleted. Your name is kept free
        for 30 days.
      </p>
      <form
        onSubmit={event => {
          event.preventDefault();
          setAsking(true);
        }}
      >
        <button type="submit" class="button danger">
          Delete account…
        </button>
      </form>
      {isAsking && (
        <Dialog title="Delete your account for good?" onClose={() => setAsking(false)}>
          <p>This cannot be undone. If you are live, your stream is stopped.</p>
          <form
            onSubmit={event => {
              event.preventDefault();
              deletion.mutate(password);
            }}
          >
            <TextField
              label="Current password"
              type="password"
              value={password}
              onValue={setPassword}
              autoComplete="current-password"
              error={deletion.isError ? sentenceOf(deletion.error) : undefined}
            />
            <div class="actions">
              <button type="button" class="button" onClick={() => setAsking(false)}>
                Keep my account
              </button>
              <button type="submit" class="button danger" disabled={deletion.isPending}>
                Delete my account
              </button>
            </div>
          </form>
        </Dialog>
      )}
    </section>
  );
}
