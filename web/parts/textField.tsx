import { useId } from 'preact/hooks';

interface TextFieldProps {
  readonly label: string;
  readonly value: string;
  readonly onValue: (value: string) => void;
  readonly type?: 'text' | 'password' | 'email';
  readonly autoComplete?: string;
  readonly hint?: string;
  readonly error?: string | undefined;
  readonly maxLength?: number;
  readonly isRequired?: boolean;
}

/** A labeled input. Screen readers read its hint and its error with it. */
export function TextField({
  label,
  value,
  onValue,
  hint,
  error,
  isRequired = true,
  ...input
}: TextFieldProps) {
  const id = useId();
  const about = [
    ...(hint === undefined ? [] : [`${id}-hint`]),
    ...(error === undefined ? [] : [`${id}-error`]),
  ];
  return (
    <div class="field">
      <label for={id}>{label}</label>
      <input
        {...input}
        id={id}
        class="input"
        value={value}
        required={isRequired}
        aria-invalid={error !== undefined}
        aria-describedby={about.length === 0 ? undefined : about.join(' ')}
        onInput={({ currentTarget }) => onValue(currentTarget.value)}
      />
      {hint !== undefined && (
        <div class="hint" id={`${id}-hint`}>
          {hint}
        </div>
      )}
      {error !== undefined && (
        <div class="error" id={`${id}-error`} role="alert">
          {error}
        </div>
      )}
    </div>
  );
}
