import { useMutation } from '@tanstack/preact-query';
import type { ComponentChildren } from 'preact';
import { fieldErrorsOf, sentenceOf } from '../data/problems.ts';

interface MutationFormProps {
  readonly act: () => Promise<void>;
  readonly button: string;
  /** Said when the change was made. Undefined where another page follows. */
  readonly done?: string;
  readonly onDone: () => void;
  /** The fields, with what is wrong with each of them. */
  readonly fields: (errors: Readonly<Record<string, string>>) => ComponentChildren;
}

/** A form that says whether its change was made, or why not. */
export function MutationForm({ act, button, done, onDone, fields }: MutationFormProps) {
  // A mutation knows the newest props only after the page was drawn, which is too late for a quick Enter.
  const change = useMutation({ mutationFn: (make: () => Promise<void>) => make(), onSuccess: onDone });
  const errors = fieldErrorsOf(change.error);
  return (
    <form
      onSubmit={event => {
        event.preventDefault();
        change.mutate(act);
      }}
    >
      {fields(errors)}
      {change.isError && Object.keys(errors).length === 0 && (
        <div class="refused" role="alert">
          {sentenceOf(change.error)}
        </div>
      )}
      {change.isSuccess && done !== undefined && (
        <div class="done" role="status">
          {done}
        </div>
      )}
      <button type="submit" class="button primary" disabled={change.isPending}>
        {change.isPending ? 'One moment…' : button}
      </button>
    </form>
  );
}
