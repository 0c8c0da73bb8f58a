import { lazy, Suspense } from 'preact/compat';
import { useEffect } from 'preact/hooks';
import { Link, Route, Switch, useLocation } from 'wouter-preact';
import { Directory } from './pages/directory/directory.tsx';
import { Notice } from './parts/notice.tsx';
import { useTitle } from './parts/useTitle.ts';
import { ConnectionBanner } from './shell/connection.tsx';
import { Header } from './shell/header.tsx';

const Categories = lazy(() => import('./pages/categories/categories.tsx').then(page => page.Categories));
const ChannelPage = lazy(() => import('./pages/channel/channelPage.tsx').then(page => page.ChannelPage));
const RecordingPage = lazy(() =>
  import('./pages/recording/recordingPage.tsx').then(page => page.RecordingPage),
);
const Recordings = lazy(() => import('./pages/recordings/recordings.tsx').then(page => page.Recordings));
const Stages = lazy(() => import('./pages/stages/stages.tsx').then(page => page.Stages));
const Settings = lazy(() => import('./pages/settings/settings.tsx').then(page => page.Settings));
const Search = lazy(() => import('./pages/search/search.tsx').then(page => page.Search));
const Following = lazy(() => import('./pages/following/following.tsx').then(page => page.Following));
const Moderating = lazy(() => import('./pages/moderating/moderating.tsx').then(page => page.Moderating));
const ModeratorPage = lazy(() =>
  import('./pages/moderating/moderating.tsx').then(page => page.ModeratorPage),
);
const Dashboard = lazy(() => import('./pages/dashboard/dashboard.tsx').then(page => page.Dashboard));
const AccountForm = lazy(() => import('./pages/account/accountForm.tsx').then(page => page.AccountForm));

const LostPassword = lazy(() => import('./pages/account/lostPassword.tsx').then(page => page.LostPassword));

/** Every page of the app by its path. Pages other than the directory are loaded when they are opened. */
export function App() {
  const [path] = useLocation();
  useEffect(() => {
    scrollTo(0, 0);
  }, [path]);
  return (
    <>
      <a class="skip" href="#main">
        Skip to the content
      </a>
      <Header />
      <ConnectionBanner />
      <main id="main" tabIndex={-1}>
        <Suspense fallback={<div class="page" role="status" aria-label="Loading" />}>
          <Switch>
            <Route path="/">
              <Directory />
            </Route>
            <Route path="/categories/:id">{({ id }) => <Directory categoryId={id} />}</Route>
            <Route path="/categories">
              <Categories />
            </Route>
            <Route path="/c/:username">{({ username }) => <ChannelPage username={username} />}</Route>
            <Route path="/c/:username/streams/:streamId">{page => <RecordingPage {...page} />}</Route>
            <Route path="/c/:username/moderation">
              {({ username }) => <ModeratorPage key={username} username={username} />}
            </Route>
            <Route path="/recordings">
              <Recordings />
            </Route>
            <Route path="/stages">
              <Stages />
            </Route>
            <Route path="/settings">
              <Settings />
            </Route>
            <Route path="/search">
              <Search />
            </Route>
            <Route path="/following">
              <Following />
            </Route>
            <Route path="/moderating">
              <Moderating />
            </Route>
            <Route path="/dashboard/*?">
              <Dashboard />
            </Route>
            <Route path="/sign-in">
              <AccountForm kind="sign-in" />
            </Route>
            <Route path="/sign-up">
              <AccountForm kind="sign-up" />
            </Route>
            <Route path="/lost-password">
              <LostPassword />
            </Route>
            <Route component={NotFound} />
          </Switch>
        </Suspense>
      </main>
    </>
  );
}

function NotFound() {
  useTitle('Not found');
  return (
    <Notice icon="search" title="There is nothing here" level="h1">
      <p>The address is wrong, or what was here is gone.</p>
      <Link class="button primary" href="/">
        See who is live
      </Link>
    </Notice>
  );
}
