import { type StageRequest, useDeclineRequest, useInvite, useStageRequests } from '../../../data/stage.ts';
import { Avatar } from '../../../parts/avatar.tsx';
import { timeAgo } from '../../../parts/formatting.ts';
import { Failure } from '../../../parts/notice.tsx';
import { Refusal } from '../../../parts/refusal.tsx';
import { useNow } from '../../../parts/useNow.ts';

/** Viewers who ask to come on stage. */
export function Requests() {
  const { data, isError, error, refetch } = useStageRequests();
  const invite = useInvite();
  const decline = useDeclineRequest();
  const isBusy = invite.isPending || decline.isPending;
  const now = useNow(10_000);
  return (
    <section class="panel" aria-labelledby="requests">
      <h2 id="requests">Requests</h2>
      <p class="explained">Viewers who ask to come on stage. A request expires after half an hour.</p>
      {data === undefined && isError && <Failure error={error} retry={() => void refetch()} />}
      {data === undefined && !isError && <div class="skeleton line" role="status" aria-label="Loading" />}
      {data?.length === 0 && (
        <p class="explained">Nobody has asked. New requests appear here by themselves.</p>
      )}
      <Refusal error={invite.error ?? decline.error} />
      <ul class="rows" aria-live="polite" aria-relevant="additions">
        {data?.map(request => (
          <Row
            key={request.user.id}
            request={request}
            now={now}
            isBusy={isBusy}
            accept={() => invite.mutate(request.user.username)}
            decline={() => decline.mutate(request.user.username)}
          />
        ))}
      </ul>
    </section>
  );
}

interface RowProps {
  readonly request: StageRequest;
  readonly now: number;
  readonly isBusy: boolean;
  readonly accept: () => void;
  readonly decline: () => void;
}

function Row({ request, now, isBusy, accept, decline }: RowProps) {
  const { username, displayName, avatarUrl } = request.user;
  return (
    <li>
      <div class="person">
        <Avatar name={displayName ?? username} url={avatarUrl} size={36} />
        <div>
          <strong>
            <bdi>{displayName ?? username}</bdi>
          </strong>
          <p class="explained">
            @{username} · {timeAgo(Date.parse(request.requestedAt), now)}
          </p>
        </div>
      </div>
      <div class="formEnd">
        <button
          type="button"
          class="button primary"
          aria-label={`Invite ${username}`}
          disabled={isBusy}
          onClick={accept}
        >
          Invite
        </button>
        <button
          type="button"
          class="button"
          aria-label={`Decline the request of ${username}`}
          title="They cannot ask again for ten minutes"
          disabled={isBusy}
          onClick={decline}
        >
          Decline
        </button>
      </div>
    </li>
  );
}
