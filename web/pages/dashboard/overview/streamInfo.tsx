import { useState } from 'preact/hooks';
import { useUpdateChannel } from '../../../data/channel.ts';
import { useCategories } from '../../../data/channels.ts';
import { fieldErrorsOf, sentenceOf } from '../../../data/problems.ts';
import { SelectField } from '../../../parts/selectField.tsx';
import { TextField } from '../../../parts/textField.tsx';
import { useOwn } from '../own.ts';

const NONE = '';

/** Changes the title and the category. */
export function StreamInfo() {
  const { channel, edited } = useOwn();
  const [draft, setDraft] = useState<{ readonly title?: string; readonly categoryId?: string }>({});
  const categories = useCategories();
  const update = useUpdateChannel(channel.username);
  const title = draft.title ?? channel.title;
  const categoryId = draft.categoryId ?? channel.categoryId ?? NONE;
  const isChanged = title !== channel.title || categoryId !== (channel.categoryId ?? NONE);
  const errors = fieldErrorsOf(update.error);
  const change = (part: typeof draft) => {
    update.reset();
    setDraft({ ...draft, ...part });
  };
  return (
    <section class="panel" aria-labelledby="streamInfo">
      <h2 id="streamInfo">Stream info</h2>
      <p class="explained">
        Viewers see it on your channel and in lists. A change also applies to the stream that is live.
      </p>
      <form
        onSubmit={event => {
          event.preventDefault();
          update.mutate(
            { title, categoryId: categoryId === NONE ? null : categoryId },
            {
              onSuccess: () => {
                edited();
                setDraft({});
              },
            },
          );
        }}
      >
        <TextField
          label="Title"
          value={title}
          onValue={value => change({ title: value })}
          autoComplete="off"
          error={errors['title']}
        />
        <SelectField
          label="Category"
          value={categoryId}
          onValue={value => change({ categoryId: value })}
          options={[
            { value: NONE, label: 'No category' },
            ...(categories.data ?? []).map(({ id, name }) => ({ value: id, label: name })),
          ]}
        />
        <div class="formEnd">
          <button type="submit" class="button primary" disabled={!isChanged || update.isPending}>
            {update.isPending ? 'Saving…' : 'Save'}
          </button>
          <span role="status">{update.isSuccess && !isChanged ? 'Saved' : ''}</span>
        </div>
        {update.isError && errors['title'] === undefined && (
          <p class="refusal" role="alert">
            {sentenceOf(update.error)}
          </p>
        )}
      </form>
    </section>
  );
}
