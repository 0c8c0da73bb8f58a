import { useState } from 'preact/hooks';
import { useBan } from '../data/channel.ts';
import { clock } from '../data/clock.ts';
import { userErrorOf } from '../data/problems.ts';
import { Dialog } from '../parts/dialog.tsx';
import { SelectField } from '../parts/selectField.tsx';
import { TextField } from '../parts/textField.tsx';
import type { Line } from './messages.ts';

const MINUTE_MS = 60_000;
const durations = [
  { label: '10 minutes', ms: 10 * MINUTE_MS },
  { label: '1 hour', ms: 60 * MINUTE_MS },
  { label: '1 day', ms: 24 * 60 * MINUTE_MS },
  { label: '1 week', ms: 7 * 24 * 60 * MINUTE_MS },
  { label: 'Until it is lifted', ms: undefined },
] as const;

interface BanDialogProps {
  /** The owner of the chat. */
  readonly username: string;
  readonly sender: Pick<Line['sender'], 'userId' | 'name'>;
  readonly onClose: () => void;
}

/** Asks how long a user is banned from the chat. */
export function BanDialog({ username, sender, onClose }: BanDialogProps) {
  const [chosen, setChosen] = useState<(typeof durations)[number]['label']>('1 hour');
  const [reason, setReason] = useState('');
  const ban = useBan(username);
  const duration = durations.find(({ label }) => label === chosen)?.ms;
  return (
    <Dialog title={`Ban ${sender.name}?`} onClose={onClose}>
      <p>
        <bdi>{sender.name}</bdi> is disconnected from this chat and its stage, and cannot write or come on
        stage until the ban ends. Other channels are not affected.
      </p>
      <form
        onSubmit={event => {
          event.preventDefault();
          const until = duration === undefined ? undefined : new Date(clock.now() + duration).toISOString();
          ban.mutate({ userId: sender.userId, until, reason: reason.trim() }, { onSuccess: onClose });
        }}
      >
        <SelectField
          label="For"
          value={chosen}
          onValue={setChosen}
          options={durations.map(({ label }) => ({ value: label, label }))}
        />
        <TextField
          label="Reason (only moderators see it)"
          value={reason}
          onValue={setReason}
          maxLength={200}
          isRequired={false}
          error={ban.isError ? userErrorOf(ban.error) : undefined}
        />
        <div class="actions">
          <button type="button" class="button" onClick={onClose}>
            Cancel
          </button>
          <button type="submit" class="button danger" disabled={ban.isPending}>
            Ban
          </button>
        </div>
      </form>
    </Dialog>
  );
}
