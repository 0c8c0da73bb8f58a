import { useState } from 'preact/hooks';
import { clock } from '../../data/clock.ts';
import { type SignInEntry, useEndOtherSignIns, useEndSignIn, useSignIns } from '../../data/signIns.ts';
import { ConfirmDialog } from '../../parts/confirmDialog.tsx';
import { timeAgo } from '../../parts/formatting.ts';
import { More } from '../../parts/more.tsx';
import { Failure } from '../../parts/notice.tsx';
import { Refusal } from '../../parts/refusal.tsx';

/** Where the user is signed in. */
export function SignIns() {
  const signIns = useSignIns();
  const end = useEndSignIn();
  const endOthers = useEndOtherSignIns();
  const [isAsking, setAsking] = useState(false);
  const items = signIns.data?.pages.flatMap(page => page.items) ?? [];
  const hasOthers = items.some(({ isCurrent }) => !isCurrent);
  return (
    <section class="panel" aria-labelledby="signIns">
      <h2 id="signIns">Where you are signed in</h2>
      <p>
        If you do not recognize a device, sign it out and change your password. The network is the coarse one
        in which the device was last used.
      </p>
      <Refusal error={end.error} />
      {signIns.isError && items.length === 0 && (
        <Failure error={signIns.error} retry={() => void signIns.refetch()} />
      )}
      {signIns.isPending && <div class="skeleton line" role="status" aria-label="Loading" />}
      <ul class="rows">
        {items.map(signIn => (
          <SignInRow
            key={signIn.id}
            signIn={signIn}
            end={() => end.mutate(signIn.id)}
            isBusy={end.isPending}
          />
        ))}
      </ul>
      <More {...signIns} />
      {signIns.isSuccess && !hasOthers && <p>You are signed in on no other device.</p>}
      {endOthers.isSuccess && !hasOthers && (
        <div class="done" role="status">
          All other devices were signed out.
        </div>
      )}
      {hasOthers && (
        <button type="button" class="button" onClick={() => setAsking(true)}>
          Sign out everywhere else…
        </button>
      )}
      {isAsking && (
        <ConfirmDialog
          title="Sign out on all other devices?"
          action="Sign out everywhere else"
          onConfirm={() => endOthers.mutate(undefined, { onSuccess: () => setAsking(false) })}
          onClose={() => setAsking(false)}
          isPending={endOthers.isPending}
          error={endOthers.error}
        >
          <p>Within a minute, nobody else uses your account. This browser stays signed in.</p>
        </ConfirmDialog>
      )}
    </section>
  );
}

const day = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium' });

interface SignInRowProps {
  readonly signIn: SignInEntry;
  readonly end: () => void;
  readonly isBusy: boolean;
}

function SignInRow({ signIn, end, isBusy }: SignInRowProps) {
  const { isCurrent, network, createdAt, lastUsedAt } = signIn;
  const device = signIn.device ?? 'Unknown device';
  const facts = [
    ...(network === null ? [] : [`Network ${network}`]),
    `used ${timeAgo(Date.parse(lastUsedAt), clock.now())}`,
    `signed in on ${day.format(Date.parse(createdAt))}`,
  ];
  return (
    <li>
      <div>
        <strong>{device}</strong> {isCurrent && <span class="badge">This browser</span>}
        <p class="explained">{facts.join(' · ')}</p>
      </div>
      {!isCurrent && (
        <button
          type="button"
          class="button"
          aria-label={`Sign out ${device}, used ${timeAgo(Date.parse(lastUsedAt), clock.now())}`}
          disabled={isBusy}
          onClick={end}
        >
          Sign out
        </button>
      )}
    </li>
  );
}
