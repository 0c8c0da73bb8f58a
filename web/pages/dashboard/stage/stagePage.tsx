import { lazy, Suspense } from 'preact/compat';
import { useState } from 'preact/hooks';
import { type Stage, useDisconnectParticipant, useStage } from '../../../data/stage.ts';
import { ConfirmDialog } from '../../../parts/confirmDialog.tsx';
import { Failure } from '../../../parts/notice.tsx';
import { useTitle } from '../../../parts/useTitle.ts';
import { Figure } from '../figure.tsx';
import { useOwn } from '../own.ts';
import { Guests } from './guests.tsx';
import { Requests } from './requests.tsx';
import { StageToken } from './stageToken.tsx';

const StageRoom = lazy(() => import('../../../stage/stageRoom.tsx').then(room => room.StageRoom));

type Publisher = Stage['publishers'][number];

/** The stage, on which the host and guests talk to each other with video. */
export function StagePage() {
  const { channel } = useOwn();
  const { username } = channel;
  const { data: stage, isError, error, refetch } = useStage(username);
  useTitle('Stage');
  return (
    <>
      <div class="pageHead">
        <h1>Stage</h1>
      </div>
      {stage === undefined && isError && <Failure error={error} retry={() => void refetch()} />}
      {stage === undefined && !isError && <div class="skeleton line" role="status" aria-label="Loading" />}
      {stage !== undefined && <OnStage stage={stage} />}
      <section class="panel" aria-labelledby="join">
        <h2 id="join">Join your stage</h2>
        <Suspense fallback={<div class="skeleton line" role="status" aria-label="Loading" />}>
          <StageRoom username={username} canPublish />
        </Suspense>
      </section>
      <div class="panelColumns">
        <Requests />
        <Guests />
        <StageToken username={username} />
      </div>
    </>
  );
}

function OnStage({ stage }: { readonly stage: Stage }) {
  const [chosen, setChosen] = useState<Publisher>();
  const { isLive, publishers, username } = stage;
  return (
    <section class="panel" aria-labelledby="onStage">
      <h2 id="onStage">On stage</h2>
      <dl class="figures">
        <Figure
          name="State"
          value={isLive ? 'Live' : 'Nobody is on stage'}
          tone={isLive ? 'good' : undefined}
        />
        <Figure name="Participants" value={`${publishers.length} of 12`} />
      </dl>
      <ul class="rows">
        {publishers.map(publisher => (
          <li key={publisher.participantId}>
            <strong>
              <bdi>{publisher.guest?.username ?? username}</bdi>{' '}
              <span class="badge">{publisher.guest === null ? 'Host' : 'Guest'}</span>
            </strong>
            <button
              type="button"
              class="button"
              aria-label={`Disconnect ${publisher.guest?.username ?? username}`}
              onClick={() => setChosen(publisher)}
            >
              Disconnect
            </button>
          </li>
        ))}
      </ul>
      {chosen !== undefined && (
        <Disconnection publisher={chosen} host={username} onClose={() => setChosen(undefined)} />
      )}
    </section>
  );
}

interface DisconnectionProps {
  readonly publisher: Publisher;
  readonly host: string;
  readonly onClose: () => void;
}

function Disconnection({ publisher, host, onClose }: DisconnectionProps) {
  const { guest, participantId } = publisher;
  const disconnect = useDisconnectParticipant();
  return (
    <ConfirmDialog
      title={`Disconnect ${guest?.username ?? host}?`}
      action="Disconnect"
      onConfirm={() => disconnect.mutate(participantId, { onSuccess: onClose })}
      onClose={onClose}
      isPending={disconnect.isPending}
      error={disconnect.error}
    >
      <p>
        {guest === null
          ? 'Their video and sound leave the stage. They can join again.'
          : 'Their video and sound leave the stage, and their invitation ends. They can ask to come back.'}
      </p>
    </ConfirmDialog>
  );
}
