import { sentenceOf } from '../data/problems.ts';

/** Why something was refused. Nothing when there is no error. */
export function Refusal({ error }: { readonly error: unknown }) {
  if (error == null) return null;
  return (
    <p class="refusal" role="alert">
      {sentenceOf(error)}
    </p>
  );
}
