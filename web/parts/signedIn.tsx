import type { ComponentChildren } from 'preact';
import { Redirect, useLocation } from 'wouter-preact';
import { useUser } from '../data/account.ts';

/** A page for signed-in users. Guests, and users whose sign-in has ended, sign in and return to it. */
export function SignedIn({ children }: { readonly children: ComponentChildren }) {
  const [path] = useLocation();
  return useUser() === undefined ? (
    <Redirect to={`/sign-in?to=${encodeURIComponent(path)}`} replace />
  ) : (
    children
  );
}
