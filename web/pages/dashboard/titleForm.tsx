import { useState } from 'preact/hooks';
import { useCategories } from '../../data/channels.ts';
import { fieldErrorsOf } from '../../data/problems.ts';
import { Refusal } from '../../parts/refusal.tsx';
import { SelectField } from '../../parts/selectField.tsx';
import { TextField } from '../../parts/textField.tsx';

const NONE = '';

interface Titled {
  readonly title: string;
  readonly categoryId: string | null;
}

interface TitleFormProps {
  readonly saved: Titled;
  /** A mutation that saves the values. */
  readonly update: {
    readonly mutate: (values: Titled, options: { readonly onSuccess: () => void }) => void;
    readonly reset: () => void;
    readonly isPending: boolean;
    readonly isSuccess: boolean;
    readonly isError: boolean;
    readonly error: unknown;
  };
  readonly onSaved?: () => void;
}

/** Changes a title and a category. */
export function TitleForm({ saved, update, onSaved }: TitleFormProps) {
  const [draft, setDraft] = useState<{ readonly title?: string; readonly categoryId?: string }>({});
  const categories = useCategories();
  const savedCategory = saved.categoryId ?? NONE;
  const title = draft.title ?? saved.title;
  const categoryId = draft.categoryId ?? savedCategory;
  const isChanged = title !== saved.title || categoryId !== savedCategory;
  const errors = fieldErrorsOf(update.error);
  const change = (part: typeof draft) => {
    update.reset();
    setDraft({ ...draft, ...part });
  };
  const save = () =>
    update.mutate(
      { title, categoryId: categoryId === NONE ? null : categoryId },
      {
        onSuccess: () => {
          onSaved?.();
          setDraft({});
        },
      },
    );
  return (
    <form
      onSubmit={event => {
        event.preventDefault();
        save();
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
      {errors['title'] === undefined && <Refusal error={update.error} />}
    </form>
  );
}
