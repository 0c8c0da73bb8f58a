import { useState } from 'preact/hooks';
import { type Ban, useBans, useLiftBan } from '../data/moderation.ts';
import { More } from '../parts/more.tsx';
import { Failure } from '../parts/notice.tsx';
import { Refusal } from '../parts/refusal.tsx';
import { TextField } from '../parts/textField.tsx';

interface BansProps {
  readonly username: string;
  /** Asks for the terms of a ban. */
  readonly onBan: (user: { userId: string; name: string }) => void;
}

/** The users who are banned from the chat. */
export function Bans({ username, onBan }: BansProps) {
  const bans = useBans(username);
  const lift = useLiftBan(username);
  const [name, setName] = useState('');
  const items = bans.data?.pages.flatMap(page => page.items) ?? [];
  return (
    <section class="panel" aria-labelledby="bans">
      <h2 id="bans">Banned users</h2>
      <p class="explained">They can read the chat and watch the stage, but not write or publish.</p>
      <form
        class="addOne"
        onSubmit={event => {
          event.preventDefault();
          const banned = name.trim();
          if (banned === '') return;
          onBan({ userId: banned, name: banned });
          setName('');
        }}
      >
        <TextField
          label="Ban a user by name"
          value={name}
          onValue={setName}
          maxLength={32}
          autoComplete="off"
          isRequired={false}
        />
        <button type="submit" class="button" disabled={name.trim() === ''}>
          Ban…
        </button>
      </form>
      <Refusal error={lift.error} />
      {bans.isError && items.length === 0 && <Failure error={bans.error} retry={() => void bans.refetch()} />}
      {bans.isPending && <div class="skeleton line" role="status" aria-label="Loading" />}
      {bans.isSuccess && items.length === 0 && <p class="explained">Nobody is banned.</p>}
      <ul class="rows">
        {items.map(ban => (
          <BanRow key={ban.userId} ban={ban} lift={() => lift.mutate(ban.userId)} isBusy={lift.isPending} />
        ))}
      </ul>
      <More {...bans} />
    </section>
  );
}

const time = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'short' });

interface BanRowProps {
  readonly ban: Ban;
  readonly lift: () => void;
  readonly isBusy: boolean;
}

function BanRow({ ban, lift, isBusy }: BanRowProps) {
  const { username, until, reason } = ban;
  return (
    <li>
      <div>
        <strong>
          <bdi>{username}</bdi>
        </strong>
        <p class="explained">
          {until === null ? 'Until you lift the ban' : `Until ${time.format(Date.parse(until))}`}
          {reason !== null && (
            <>
              {' · '}
              <bdi>{reason}</bdi>
            </>
          )}
        </p>
      </div>
      <button
        type="button"
        class="button"
        aria-label={`Lift the ban of ${username}`}
        disabled={isBusy}
        onClick={lift}
      >
        Lift ban
      </button>
    </li>
  );
}
