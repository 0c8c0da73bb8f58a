import { useStageToken } from '../../../data/stage.ts';
import { CopyButton } from '../../../parts/copyButton.tsx';
import { Refusal } from '../../../parts/refusal.tsx';

const time = new Intl.DateTimeFormat(undefined, { timeStyle: 'short' });

/** A token for the host, for apps that join the stage with the IVS broadcast SDK. */
export function StageToken({ username }: { readonly username: string }) {
  const create = useStageToken(username);
  return (
    <section class="panel" aria-labelledby="stageToken">
      <h2 id="stageToken">Join with another app</h2>
      <p class="explained">
        An app with the Amazon IVS broadcast SDK joins your stage with a token. A token can be used for some
        minutes. Keep it secret: anyone who has it can appear on your stage as you.
      </p>
      <Refusal error={create.error} />
      {create.data !== undefined && (
        <div class="field">
          <label for="hostToken">Token</label>
          <div class="secret">
            <input id="hostToken" class="input" type="password" value={create.data.token} readOnly />
            <CopyButton text={create.data.token} label="Copy: Token" />
          </div>
          <div class="hint">Can be used until {time.format(Date.parse(create.data.expiresAt))}.</div>
        </div>
      )}
      <div class="formEnd">
        <button type="button" class="button" disabled={create.isPending} onClick={() => create.mutate()}>
          {create.data === undefined ? 'Create a token' : 'Create another token'}
        </button>
      </div>
    </section>
  );
}
