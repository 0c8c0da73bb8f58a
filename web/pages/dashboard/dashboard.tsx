import { lazy, memo, Suspense } from 'preact/compat';
import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import { Link, Route, Switch, useLocation } from 'wouter-preact';
import { useChat } from '../../chat/useChat.ts';
import { useUser } from '../../data/account.ts';
import { type Channel, refreshChannel, useChannel } from '../../data/channel.ts';
import { type Told, withState } from '../../data/channelState.ts';
import { refreshStage } from '../../data/stage.ts';
import { refreshStreams } from '../../data/stream.ts';
import { Icon, type IconName } from '../../parts/icon.tsx';
import { Failure, Notice } from '../../parts/notice.tsx';
import { SignedIn } from '../../parts/signedIn.tsx';
import { Overview } from './overview/overview.tsx';
import { ChatContext, OwnContext } from './own.ts';
import '../../styles/panels.css';
import './dashboard.css';

interface Entry {
  readonly href: string;
  readonly label: string;
  readonly icon: IconName;
}

const entries: readonly Entry[] = [
  { href: '/dashboard', label: 'Overview', icon: 'home' },
  { href: '/dashboard/health', label: 'Live health', icon: 'signal' },
  { href: '/dashboard/streams', label: 'Past streams', icon: 'chart' },
  { href: '/dashboard/moderation', label: 'Moderation', icon: 'shield' },
  { href: '/dashboard/stage', label: 'Stage', icon: 'mic' },
  { href: '/dashboard/profile', label: 'Profile', icon: 'person' },
];

const Health = lazy(() => import('./health/health.tsx').then(page => page.Health));
const Streams = lazy(() => import('./streams/streams.tsx').then(page => page.Streams));
const StreamPage = lazy(() => import('./streams/streamPage.tsx').then(page => page.StreamPage));
const Moderation = lazy(() => import('./moderation/moderation.tsx').then(page => page.Moderation));
const StagePage = lazy(() => import('./stage/stagePage.tsx').then(page => page.StagePage));
const ProfilePage = lazy(() => import('./profile/profile.tsx').then(page => page.ProfilePage));

/** The pages with which creators run their channel. */
export function Dashboard() {
  return (
    <SignedIn>
      <div class="dashboard">
        <Navigation />
        <div class="dashboardPage panels">
          <OwnChannel />
        </div>
      </div>
    </SignedIn>
  );
}

function Navigation() {
  const [path] = useLocation();
  const nav = useRef<HTMLElement>(null);
  // On a phone, the navigation is wider than the screen.
  const show = (link: EventTarget | null | undefined) => {
    if (nav.current !== null && link instanceof HTMLElement)
      nav.current.scrollLeft = link.offsetLeft - (nav.current.clientWidth - link.offsetWidth) / 2;
  };
  useEffect(() => show(nav.current?.querySelector('[aria-current]')), [path]);
  return (
    <nav class="dashboardNav" aria-label="Dashboard" ref={nav} onFocusIn={({ target }) => show(target)}>
      {entries.map(({ href, label, icon }) => {
        const isCurrent = href === '/dashboard' ? path === href : path.startsWith(href);
        return (
          <Link key={href} href={href} aria-current={isCurrent ? 'page' : undefined}>
            <Icon name={icon} />
            {label}
          </Link>
        );
      })}
    </nav>
  );
}

function OwnChannel() {
  const user = useUser();
  const { data, dataUpdatedAt, isError, error, refetch } = useChannel(user?.username ?? '');
  if (user === undefined) return null;
  if (data === undefined)
    return isError ? <Failure error={error} retry={() => void refetch()} /> : <DashboardSkeleton />;
  return <LoadedChannel loaded={data} readAt={dataUpdatedAt} userId={user.id} />;
}

interface LoadedChannelProps {
  readonly loaded: Channel;
  /** When the channel was read, by the computer's clock. */
  readonly readAt: number;
  readonly userId: string;
}

function LoadedChannel({ loaded, readAt, userId }: LoadedChannelProps) {
  const [told, setTold] = useState<Told>();
  const own = useMemo(
    () => ({ channel: withState(loaded, told, readAt), edited: () => setTold(undefined) }),
    [loaded, told, readAt],
  );
  const { username, stream } = own.channel;
  const chat = useChat({
    username,
    stream: stream ?? undefined,
    userId,
    onChannel: state => {
      setTold({ state, at: Date.now() });
      void refreshChannel(username);
      void refreshStreams(username);
    },
    onReconnect: () => {
      setTold(undefined);
      void refreshChannel(username);
      void refreshStreams(username);
      void refreshStage();
    },
    onStage: () => void refreshStage(),
  });
  return (
    <OwnContext.Provider value={own}>
      <ChatContext.Provider value={chat}>
        <Pages />
      </ChatContext.Provider>
    </OwnContext.Provider>
  );
}

/** The page of the address. Without `memo`, each message in the chat would draw it again. */
const Pages = memo(() => (
  <Suspense fallback={<DashboardSkeleton />}>
    <Switch>
      <Route path="/dashboard">
        <Overview />
      </Route>
      <Route path="/dashboard/health">
        <Health />
      </Route>
      <Route path="/dashboard/streams">
        <Streams />
      </Route>
      <Route path="/dashboard/streams/:streamId">
        {({ streamId }) => <StreamPage key={streamId} streamId={streamId} />}
      </Route>
      <Route path="/dashboard/moderation">
        <Moderation />
      </Route>
      <Route path="/dashboard/stage">
        <StagePage />
      </Route>
      <Route path="/dashboard/profile">
        <ProfilePage />
      </Route>
      <Route>
        <h1 class="visuallyHidden">Dashboard</h1>
        <Notice icon="search" title="There is nothing here">
          <Link class="button primary" href="/dashboard">
            Go to the overview
          </Link>
        </Notice>
      </Route>
    </Switch>
  </Suspense>
));

function DashboardSkeleton() {
  return (
    <div class="dashboardSkeleton" role="status" aria-label="Loading">
      <div class="skeleton" />
      <div class="skeleton" />
      <div class="skeleton" />
    </div>
  );
}
