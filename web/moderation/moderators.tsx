import { useState } from 'preact/hooks';
import { useUser } from '../data/account.ts';
import { useModeratorChange, useModerators } from '../data/moderation.ts';
import { userErrorOf } from '../data/problems.ts';
import { Avatar } from '../parts/avatar.tsx';
import { More } from '../parts/more.tsx';
import { Failure } from '../parts/notice.tsx';
import { Refusal } from '../parts/refusal.tsx';
import { TextField } from '../parts/textField.tsx';
import { nameOf, PersonName } from './person.tsx';

interface ModeratorsProps {
  readonly username: string;
  /** Whether the user owns the channel. Others can only end their own appointment. */
  readonly isOwner: boolean;
}

/** The moderators of a channel. The owner appoints and dismisses them. */
export function Moderators({ username, isOwner }: ModeratorsProps) {
  const moderators = useModerators(username);
  const appointment = useModeratorChange(username);
  const dismissal = useModeratorChange(username);
  const userId = useUser()?.id;
  const [name, setName] = useState('');
  const items = moderators.data?.pages.flatMap(page => page.items) ?? [];
  return (
    <section class="panel" aria-labelledby="moderators">
      <h2 id="moderators">Moderators</h2>
      <p class="explained">
        They delete messages, ban users and lift bans. They cannot act on the owner or on each other.
      </p>
      {isOwner && (
        <form
          class="addOne"
          onSubmit={event => {
            event.preventDefault();
            const moderator = name.trim();
            if (moderator === '') return;
            appointment.mutate({ moderator, change: 'appoint' }, { onSuccess: () => setName('') });
          }}
        >
          <TextField
            label="Appoint a user by name"
            value={name}
            onValue={value => {
              appointment.reset();
              setName(value);
            }}
            maxLength={32}
            autoComplete="off"
            isRequired={false}
            error={appointment.isError ? userErrorOf(appointment.error) : undefined}
          />
          <button type="submit" class="button" disabled={appointment.isPending || name.trim() === ''}>
            Appoint
          </button>
        </form>
      )}
      <Refusal error={dismissal.error} />
      {moderators.isError && items.length === 0 && (
        <Failure error={moderators.error} retry={() => void moderators.refetch()} />
      )}
      {moderators.isPending && <div class="skeleton line" role="status" aria-label="Loading" />}
      {moderators.isSuccess && items.length === 0 && <p class="explained">There are no moderators.</p>}
      <ul class="rows">
        {items.map(({ person }) => (
          <li key={person.userId}>
            <div class="person">
              <Avatar name={nameOf(person)} url={person.avatarUrl} size={32} />
              <PersonName person={person} />
            </div>
            {(isOwner || person.userId === userId) && (
              <button
                type="button"
                class="button"
                aria-label={isOwner ? `Dismiss ${nameOf(person)}` : undefined}
                disabled={dismissal.isPending}
                onClick={() => dismissal.mutate({ moderator: person.userId, change: 'dismiss' })}
              >
                {isOwner ? 'Dismiss' : 'Stop moderating'}
              </button>
            )}
          </li>
        ))}
      </ul>
      <More {...moderators} />
    </section>
  );
}
