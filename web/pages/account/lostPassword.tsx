import { useMutation } from '@tanstack/preact-query';
import { useState } from 'preact/hooks';
import { Link, useLocation } from 'wouter-preact';
import { requestReset, resetPassword } from '../../data/email.ts';
import { fieldErrorsOf, sentenceOf } from '../../data/problems.ts';
import { TextField } from '../../parts/textField.tsx';
import { useTitle } from '../../parts/useTitle.ts';
import './account.css';

/** A new password for users who lost theirs: first the address, then the code from the mail. */
export function LostPassword() {
  useTitle('Lost password');
  const [sent, setSent] = useState<{ readonly resetId: string; readonly email: string }>();
  return (
    <section class="accountForm panel">
      <h1>Lost password</h1>
      {sent === undefined ? (
        <AddressForm onSent={setSent} />
      ) : (
        <CodeForm key={sent.resetId} {...sent} onAgain={() => setSent(undefined)} />
      )}
      <p class="aside">
        <Link href="/sign-in">Back to signing in</Link>
      </p>
    </section>
  );
}

interface AddressFormProps {
  readonly onSent: (sent: { readonly resetId: string; readonly email: string }) => void;
}

function AddressForm({ onSent }: AddressFormProps) {
  const [email, setEmail] = useState('');
  const request = useMutation({
    mutationFn: requestReset,
    onSuccess: (resetId, address) => onSent({ resetId, email: address }),
  });
  const error = fieldErrorsOf(request.error)['email'];
  return (
    <form
      onSubmit={event => {
        event.preventDefault();
        request.mutate(email.trim());
      }}
    >
      <p>Enter the e-mail address of your account. You get a code for a new password.</p>
      {request.isError && error === undefined && (
        <div class="refused" role="alert">
          {sentenceOf(request.error)}
        </div>
      )}
      <TextField
        label="E-mail address"
        type="email"
        value={email}
        onValue={setEmail}
        autoComplete="email"
        maxLength={254}
        error={error}
      />
      <button type="submit" class="button primary" disabled={request.isPending}>
        {request.isPending ? 'One moment…' : 'Send a code'}
      </button>
    </form>
  );
}

interface CodeFormProps {
  readonly resetId: string;
  readonly email: string;
  readonly onAgain: () => void;
}

function CodeForm({ resetId, email, onAgain }: CodeFormProps) {
  const [code, setCode] = useState('');
  const [password, setPassword] = useState('');
  const [, navigate] = useLocation();
  const reset = useMutation({
    mutationFn: (given: { readonly code: string; readonly password: string }) =>
      resetPassword(resetId, given.code, given.password),
    onSuccess: () => navigate('/', { replace: true }),
  });
  const errors = fieldErrorsOf(reset.error);
  const isExplained = errors['code'] !== undefined || errors['password'] !== undefined;
  return (
    <form
      onSubmit={event => {
        event.preventDefault();
        reset.mutate({ code, password });
      }}
    >
      <p role="status">
        If an account has the address <strong class="address">{email}</strong>, a code is on its way. It works
        for 30 minutes, and on this page only.
      </p>
      {reset.isError && !isExplained && (
        <div class="refused" role="alert">
          {sentenceOf(reset.error)}
        </div>
      )}
      <TextField
        label="Code"
        value={code}
        onValue={setCode}
        autoComplete="one-time-code"
        maxLength={64}
        error={errors['code']}
      />
      <TextField
        label="New password"
        type="password"
        value={password}
        onValue={setPassword}
        autoComplete="new-password"
        hint="At least 8 characters. You are signed out on all devices."
        error={errors['password']}
      />
      <button type="submit" class="button primary" disabled={reset.isPending}>
        {reset.isPending ? 'One moment…' : 'Set new password'}
      </button>
      <button type="button" class="button" onClick={onAgain}>
        Request a new code
      </button>
    </form>
  );
}
