import { useState } from 'preact/hooks';
import { useBlockedTerms, useChangeBlockedTerms } from '../../../data/moderation.ts';
import { firstErrorOf } from '../../../data/problems.ts';
import { Icon } from '../../../parts/icon.tsx';
import { Failure } from '../../../parts/notice.tsx';
import { TextField } from '../../../parts/textField.tsx';

/** The terms that are masked in the chat. A change is saved at once. */
export function BlockedTerms({ username }: { readonly username: string }) {
  const { data: terms, isError, error, refetch } = useBlockedTerms(username);
  const change = useChangeBlockedTerms(username);
  const [term, setTerm] = useState('');
  const add = () => {
    const added = term.trim();
    if (added === '') return;
    change.mutate(terms => [...terms, added], { onSuccess: () => setTerm('') });
  };
  return (
    <section class="panel" aria-labelledby="blockedTerms">
      <h2 id="blockedTerms">Blocked terms</h2>
      <p class="explained">
        Chat shows stars instead of them, whatever their case, accents and punctuation. A change takes effect
        within a minute.
      </p>
      <form
        class="addOne"
        onSubmit={event => {
          event.preventDefault();
          add();
        }}
      >
        <TextField
          label="Block a word or phrase"
          value={term}
          onValue={value => {
            change.reset();
            setTerm(value);
          }}
          autoComplete="off"
          isRequired={false}
          error={change.isError ? firstErrorOf(change.error) : undefined}
        />
        <button type="submit" class="button" disabled={change.isPending || term.trim() === ''}>
          Block
        </button>
      </form>
      {terms === undefined && isError && <Failure error={error} retry={() => void refetch()} />}
      {terms === undefined && !isError && <div class="skeleton line" role="status" aria-label="Loading" />}
      {terms?.length === 0 && (
        <p class="explained">You block no terms yet. Insults are masked in every chat.</p>
      )}
      <ul class="chips" aria-label="Blocked terms">
        {terms?.map(blocked => (
          <li key={blocked}>
            <bdi>{blocked}</bdi>
            <button
              type="button"
              aria-label={`Allow ${blocked} again`}
              title="Allow again"
              disabled={change.isPending}
              onClick={() => change.mutate(newest => newest.filter(other => other !== blocked))}
            >
              <Icon name="close" size={16} />
            </button>
          </li>
        ))}
      </ul>
    </section>
  );
}
