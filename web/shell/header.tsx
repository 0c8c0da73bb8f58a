import { useEffect, useRef, useState } from 'preact/hooks';
import { Link, useLocation, useSearchParams } from 'wouter-preact';
import { useUser } from '../data/account.ts';
import { Icon } from '../parts/icon.tsx';
import { PRODUCT } from '../parts/useTitle.ts';
import { AccountMenu } from './accountMenu.tsx';
import { ThemeButton } from './theme.tsx';

/** The bar at the top of every page: where to go, search, and the account. */
export function Header() {
  const user = useUser();
  const [path] = useLocation();
  const pages = [
    { href: '/', label: 'Live' },
    { href: '/categories', label: 'Categories' },
    { href: '/recordings', label: 'Recordings' },
    ...(user === undefined ? [] : [{ href: '/following', label: 'Following' }]),
  ];
  return (
    <header class="siteHeader">
      <Link class="brand" href="/">
        <img src="/favicon.svg" alt="" width="30" height="30" />
        <span>{PRODUCT}</span>
      </Link>
      <nav class="siteNav" aria-label="Main">
        {pages.map(({ href, label }) => (
          <Link key={href} href={href} aria-current={path === href ? 'page' : undefined}>
            {label}
          </Link>
        ))}
      </nav>
      <Search />
      <div class="siteAccount">
        <ThemeButton />
        {user === undefined ? (
          <Link class="button primary" href={`/sign-in?to=${encodeURIComponent(path)}`}>
            Sign in
          </Link>
        ) : (
          <AccountMenu username={user.username} />
        )}
      </div>
    </header>
  );
}

const TYPING_PAUSE_MS = 200;

/** Searches while the user types. The result is a page, so that it can be linked and left with Back. */
function Search() {
  const [path, navigate] = useLocation();
  const [parameters] = useSearchParams();
  const asked = path === '/search' ? (parameters.get('q') ?? '') : '';
  const [text, setText] = useState(asked);
  const timer = useRef<ReturnType<typeof setTimeout>>();
  useEffect(() => setText(asked), [asked]);
  const search = (q: string) => {
    clearTimeout(timer.current);
    if (q.trim() === '') return;
    navigate(`/search?q=${encodeURIComponent(q.trim())}`, { replace: path === '/search' });
  };
  return (
    <search class="siteSearch">
      <form
        onSubmit={event => {
          event.preventDefault();
          search(text);
        }}
      >
        <Icon name="search" size={18} />
        <input
          class="input"
          type="search"
          placeholder="Search"
          aria-label="Search channels"
          maxLength={32}
          value={text}
          onInput={({ currentTarget: { value } }) => {
            setText(value);
            clearTimeout(timer.current);
            timer.current = setTimeout(search, TYPING_PAUSE_MS, value);
          }}
        />
      </form>
    </search>
  );
}
