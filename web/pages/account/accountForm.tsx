import { useMutation } from '@tanstack/preact-query';
import { useState } from 'preact/hooks';
import { Link, useLocation, useSearchParams } from 'wouter-preact';
import { signIn, signUp } from '../../data/account.ts';
import { fieldErrorsOf, sentenceOf } from '../../data/problems.ts';
import { TextField } from '../../parts/textField.tsx';
import { useTitle } from '../../parts/useTitle.ts';
import './account.css';

const forms = {
  'sign-in': {
    title: 'Sign in',
    act: signIn,
    button: 'Sign in',
    other: 'sign-up',
    question: 'New here?',
    otherTitle: 'Create an account',
    complete: 'current-password',
    hint: undefined,
  },
  'sign-up': {
    title: 'Create an account',
    act: signUp,
    button: 'Create account',
    other: 'sign-in',
    question: 'You have an account?',
    otherTitle: 'Sign in',
    complete: 'new-password',
    hint: 'At least 8 characters.',
  },
} as const;

/** Signing in or up. Afterwards the user returns to the page that `to` names. */
export function AccountForm({ kind }: { readonly kind: keyof typeof forms }) {
  const { title, act, button, other, question, otherTitle, complete, hint } = forms[kind];
  const [username, setUsername] = useState('');
  const [password, setPassword] = useState('');
  const [, navigate] = useLocation();
  const [parameters] = useSearchParams();
  useTitle(title);
  const to = parameters.get('to') ?? '/';
  const submit = useMutation({
    mutationFn: (given: { readonly username: string; readonly password: string }) =>
      act(given.username.trim(), given.password),
    onSuccess: () => navigate(pathOf(to), { replace: true }),
  });
  const errors = fieldErrorsOf(submit.error);
  const isExplained = errors['username'] !== undefined || errors['password'] !== undefined;
  return (
    <section class="accountForm panel">
      <h1>{title}</h1>
      {submit.isError && !isExplained && (
        <div class="refused" role="alert">
          {sentenceOf(submit.error)}
        </div>
      )}
      <form
        onSubmit={event => {
          event.preventDefault();
          submit.mutate({ username, password });
        }}
      >
        <TextField
          label="Username"
          value={username}
          onValue={setUsername}
          autoComplete="username"
          maxLength={32}
          error={errors['username']}
        />
        <TextField
          label="Password"
          type="password"
          value={password}
          onValue={setPassword}
          autoComplete={complete}
          error={errors['password']}
          {...(hint === undefined ? {} : { hint })}
        />
        <button type="submit" class="button primary" disabled={submit.isPending}>
          {submit.isPending ? 'One moment…' : button}
        </button>
      </form>
      {kind === 'sign-in' && (
        <p class="aside">
          <Link href="/lost-password">Forgot your password?</Link>
        </p>
      )}
      <p class="aside">
        {question} <Link href={`/${other}?to=${encodeURIComponent(to)}`}>{otherTitle}</Link>
      </p>
    </section>
  );
}

/** Returns a path of this app, so that a link with another site in `to` does not lead there. */
const pathOf = (to: string) => (/^\/(?![/\\])/.test(to) ? to : '/');
