import { useState } from 'preact/hooks';
import { Link, useLocation, useSearchParams } from 'wouter-preact';
import { signIn, signUp } from '../../data/account.ts';
import { MutationForm } from '../../parts/mutationForm.tsx';
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
  return (
    <section class="accountForm panel">
      <h1>{title}</h1>
      <MutationForm
        act={() => act(username.trim(), password)}
        button={button}
        onDone={() => navigate(pathOf(to), { replace: true })}
        fields={errors => (
          <>
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
          </>
        )}
      />
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
