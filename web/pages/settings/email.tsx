import { useState } from 'preact/hooks';
import {
  isWithoutMail,
  useConfirmEmail,
  useEmail,
  useRemoveEmail,
  useRequestEmail,
} from '../../data/email.ts';
import { firstErrorOf } from '../../data/problems.ts';
import { needsStepUp } from '../../data/stepUp.ts';
import { Failure } from '../../parts/notice.tsx';
import { Refusal } from '../../parts/refusal.tsx';
import { StepUpDialog } from '../../parts/stepUpDialog.tsx';
import { TextField } from '../../parts/textField.tsx';

/** The address for lost passwords: the verified one, and the one that waits for its code. */
export function Email() {
  const state = useEmail();
  const { email, pending } = state.data ?? {};
  return (
    <section class="panel" aria-labelledby="email">
      <h2 id="email">E-mail address</h2>
      <p>
        Optional. It is only used when you lose your password, and for notices about the security of your
        account. Nobody else sees it.
      </p>
      {state.isPending && <div class="skeleton line" role="status" aria-label="Loading" />}
      {state.isError &&
        (isWithoutMail(state.error) ? (
          <p>This site sends no mail, so there is nothing to set here.</p>
        ) : (
          <Failure error={state.error} retry={() => void state.refetch()} />
        ))}
      {state.isSuccess && (
        <>
          <p>
            {email == null ? (
              'You have no address yet. Without one, a lost password cannot be replaced.'
            ) : (
              <>
                Your address is <strong class="address">{email}</strong>
              </>
            )}
          </p>
          {pending != null && <CodeForm key={pending.email} email={pending.email} />}
          <AddressForm hasAddress={email != null} isPending={pending != null} />
          {email != null && <Removal />}
        </>
      )}
    </section>
  );
}

function CodeForm({ email }: { readonly email: string }) {
  const [code, setCode] = useState('');
  const confirm = useConfirmEmail();
  return (
    <form
      onSubmit={event => {
        event.preventDefault();
        confirm.mutate(code);
      }}
    >
      <p role="status">
        We have sent a code to <strong class="address">{email}</strong>. It works for 30 minutes.
      </p>
      <TextField
        label="Code"
        value={code}
        onValue={setCode}
        autoComplete="one-time-code"
        maxLength={64}
        hint="Three groups of four characters."
        error={confirm.isError ? firstErrorOf(confirm.error) : undefined}
      />
      <button type="submit" class="button primary" disabled={confirm.isPending}>
        {confirm.isPending ? 'One moment…' : 'Confirm address'}
      </button>
    </form>
  );
}

interface AddressFormProps {
  readonly hasAddress: boolean;
  /** Whether a code was sent. */
  readonly isPending: boolean;
}

function AddressForm({ hasAddress, isPending }: AddressFormProps) {
  const [address, setAddress] = useState('');
  const request = useRequestEmail();
  const send = () => request.mutate(address.trim(), { onSuccess: () => setAddress('') });
  return (
    <form
      onSubmit={event => {
        event.preventDefault();
        send();
      }}
    >
      <TextField
        label={hasAddress || isPending ? 'Another address' : 'Address'}
        type="email"
        value={address}
        onValue={setAddress}
        autoComplete="email"
        maxLength={254}
        error={request.isError && !needsStepUp(request.error) ? firstErrorOf(request.error) : undefined}
      />
      <button type="submit" class={isPending ? 'button' : 'button primary'} disabled={request.isPending}>
        {request.isPending ? 'One moment…' : 'Send a code'}
      </button>
      {needsStepUp(request.error) && (
        <StepUpDialog onProved={send} onClose={() => request.reset()}>
          With the new address, a new password can be set.
        </StepUpDialog>
      )}
    </form>
  );
}

function Removal() {
  const removal = useRemoveEmail();
  return (
    <>
      {!needsStepUp(removal.error) && <Refusal error={removal.error} />}
      <button
        type="button"
        class="button removal"
        disabled={removal.isPending}
        onClick={() => removal.mutate()}
      >
        Remove address
      </button>
      {needsStepUp(removal.error) && (
        <StepUpDialog onProved={() => removal.mutate()} onClose={() => removal.reset()}>
          Without an address, a lost password cannot be replaced.
        </StepUpDialog>
      )}
    </>
  );
}
