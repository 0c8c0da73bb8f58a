import { useState } from 'preact/hooks';
import { userErrorOf } from '../../../data/problems.ts';
import {
  type StageInvitation,
  useInvite,
  useStageInvitations,
  useWithdrawInvitation,
} from '../../../data/stage.ts';
import { ConfirmDialog } from '../../../parts/confirmDialog.tsx';
import { Failure } from '../../../parts/notice.tsx';
import { TextField } from '../../../parts/textField.tsx';

const time = new Intl.DateTimeFormat(undefined, { timeStyle: 'short' });

/** The users who may come on stage, and a field to invite more. */
export function Guests() {
  const { data, isError, error, refetch } = useStageInvitations();
  const invite = useInvite();
  const [name, setName] = useState('');
  const [chosen, setChosen] = useState<StageInvitation>();
  return (
    <section class="panel" aria-labelledby="guests">
      <h2 id="guests">Guests</h2>
      <p class="explained">They can come on stage for one hour. There is room for 11 guests.</p>
      <form
        class="addOne"
        onSubmit={event => {
          event.preventDefault();
          if (name.trim() !== '') invite.mutate(name.trim(), { onSuccess: () => setName('') });
        }}
      >
        <TextField
          label="Invite a user by name"
          value={name}
          onValue={value => {
            invite.reset();
            setName(value);
          }}
          maxLength={32}
          autoComplete="off"
          isRequired={false}
          error={invite.isError ? userErrorOf(invite.error) : undefined}
        />
        <button type="submit" class="button primary" disabled={invite.isPending || name.trim() === ''}>
          Invite
        </button>
      </form>
      {data === undefined && isError && <Failure error={error} retry={() => void refetch()} />}
      {data === undefined && !isError && <div class="skeleton line" role="status" aria-label="Loading" />}
      {data?.length === 0 && <p class="explained">Nobody is invited.</p>}
      <ul class="rows">
        {data?.map(invitation => (
          <li key={invitation.guest.userId}>
            <div>
              <strong>
                <bdi>{invitation.guest.username}</bdi>
              </strong>{' '}
              {invitation.isPublishing && <span class="badge">On stage</span>}
              <p class="explained">Can join until {time.format(Date.parse(invitation.expiresAt))}</p>
            </div>
            <button
              type="button"
              class="button"
              aria-label={`Withdraw the invitation of ${invitation.guest.username}`}
              onClick={() => setChosen(invitation)}
            >
              Withdraw
            </button>
          </li>
        ))}
      </ul>
      {chosen !== undefined && <Withdrawal invitation={chosen} onClose={() => setChosen(undefined)} />}
    </section>
  );
}

interface WithdrawalProps {
  readonly invitation: StageInvitation;
  readonly onClose: () => void;
}

function Withdrawal({ invitation, onClose }: WithdrawalProps) {
  const withdraw = useWithdrawInvitation();
  const { username } = invitation.guest;
  return (
    <ConfirmDialog
      title={`Withdraw the invitation of ${username}?`}
      action="Withdraw"
      onConfirm={() => withdraw.mutate(username, { onSuccess: onClose })}
      onClose={onClose}
      isPending={withdraw.isPending}
      error={withdraw.error}
    >
      <p>
        {invitation.isPublishing
          ? 'They are disconnected from your stage at once.'
          : 'They can no longer come on your stage.'}{' '}
        You can invite them again.
      </p>
    </ConfirmDialog>
  );
}
