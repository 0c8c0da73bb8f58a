import type { ComponentChildren } from 'preact';
import { useState } from 'preact/hooks';
import { useUser } from '../data/account.ts';
import { sentenceOf } from '../data/problems.ts';
import { useStepUp } from '../data/stepUp.ts';
import { Dialog } from './dialog.tsx';
import { TextField } from './textField.tsx';

interface StepUpDialogProps {
  /** Why the password is needed. */
  readonly children: ComponentChildren;
  /** The password was confirmed: sends the request again. */
  readonly onProved: () => void;
  readonly onClose: () => void;
}

/** Asks for the password, for a request that the API answered with `step-up-required`. */
export function StepUpDialog({ children, onProved, onClose }: StepUpDialogProps) {
  const [password, setPassword] = useState('');
  const stepUp = useStepUp();
  const user = useUser();
  return (
    <Dialog title="Enter your password" onClose={onClose}>
      <p>{children}</p>
      <form
        onSubmit={event => {
          event.preventDefault();
          stepUp.mutate(password, { onSuccess: onProved });
        }}
      >
        {/* Password managers fill in the password of the account that is named here. */}
        <input class="visuallyHidden" hidden autoComplete="username" value={user?.username} readOnly />
        <TextField
          label="Password"
          type="password"
          value={password}
          onValue={setPassword}
          autoComplete="current-password"
          error={stepUp.isError ? sentenceOf(stepUp.error) : undefined}
        />
        <div class="actions">
          <button type="button" class="button" onClick={onClose}>
            Cancel
          </button>
          <button type="submit" class="button primary" disabled={stepUp.isPending}>
            {stepUp.isPending ? 'One moment…' : 'Continue'}
          </button>
        </div>
      </form>
    </Dialog>
  );
}
