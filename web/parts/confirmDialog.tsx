import type { ComponentChildren } from 'preact';
import { Dialog } from './dialog.tsx';
import { Refusal } from './refusal.tsx';

interface ConfirmDialogProps {
  readonly title: string;
  /** What will happen. */
  readonly children: ComponentChildren;
  /** The label of the button that does it. */
  readonly action: string;
  readonly onConfirm: () => void;
  readonly onClose: () => void;
  readonly isPending: boolean;
  readonly error: unknown;
}

/** Asks before something is done that cannot be undone. */
export function ConfirmDialog({
  title,
  children,
  action,
  onConfirm,
  onClose,
  isPending,
  error,
}: ConfirmDialogProps) {
  return (
    <Dialog title={title} onClose={onClose}>
      {children}
      <Refusal error={error} />
      <div class="actions">
        <button type="button" class="button" onClick={onClose}>
          Cancel
        </button>
        <button type="button" class="button danger" disabled={isPending} onClick={onConfirm}>
          {isPending ? 'One moment…' : action}
        </button>
      </div>
    </Dialog>
  );
}
