import { Link, useLocation } from 'wouter-preact';

const tabs = [
  { href: '/', label: 'Channels' },
  { href: '/stages', label: 'Stages' },
] as const;

/** What can be live. */
export function LiveTabs() {
  const [path] = useLocation();
  return (
    <nav class="tabs" aria-label="Live">
      {tabs.map(({ href, label }) => (
        <Link key={href} href={href} aria-current={path === href ? 'page' : undefined}>
          {label}
        </Link>
      ))}
    </nav>
  );
}
