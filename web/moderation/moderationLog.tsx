import { type Act, useModerationLog } from '../data/moderation.ts';
import { More } from '../parts/more.tsx';
import { Failure } from '../parts/notice.tsx';
import { PersonName } from './person.tsx';

/** Who did what in a channel to moderate it, newest first. */
export function ModerationLog({ username }: { readonly username: string }) {
  const log = useModerationLog(username);
  const acts = log.data?.pages.flatMap(page => page.items) ?? [];
  return (
    <section class="panel" aria-labelledby="moderationLog">
      <h2 id="moderationLog">Moderation log</h2>
      <p class="explained">The owner and the moderators can read it. Nobody can change it.</p>
      {log.isError && acts.length === 0 && <Failure error={log.error} retry={() => void log.refetch()} />}
      {log.isPending && <div class="skeleton line" role="status" aria-label="Loading" />}
      {log.isSuccess && acts.length === 0 && <p class="explained">Nothing was done yet.</p>}
      <ol class="acts" aria-label="Acts of moderation">
        {acts.map(act => (
          <li key={act.id}>
            <ActView act={act} />
          </li>
        ))}
      </ol>
      <More {...log} />
    </section>
  );
}

const time = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'short' });

const verbs: { readonly [A in Act['action']]: (act: Act) => string } = {
  ban: ({ until }) => (until === null ? 'banned' : 'timed out'),
  'lift-ban': () => 'lifted the ban of',
  'delete-message': ({ user }) => (user === null ? 'deleted a message' : 'deleted a message of'),
  appoint: () => 'appointed',
  dismiss: ({ by, user }) => (by.userId === user?.userId ? 'stopped moderating' : 'dismissed'),
};

function ActView({ act }: { readonly act: Act }) {
  const { by, user, at, until, reason, action } = act;
  const isOwn = by.userId === user?.userId;
  return (
    <>
      <p>
        <PersonName person={by} /> {verbs[action](act)}{' '}
        {user !== null && !isOwn && <PersonName person={user} />}
        {user !== null && isOwn && action === 'delete-message' && 'their own'}
      </p>
      <p class="explained">
        <time dateTime={at}>{time.format(Date.parse(at))}</time>
        {until !== null && ` · until ${time.format(Date.parse(until))}`}
        {reason !== null && (
          <>
            {' · '}
            <bdi>{reason}</bdi>
          </>
        )}
      </p>
    </>
  );
}
