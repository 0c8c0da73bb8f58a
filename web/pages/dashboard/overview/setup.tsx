import { useState } from 'preact/hooks';
import type { components } from '../../../../client/index.ts';
import { useIngest } from '../../../data/ingest.ts';
import { needsStepUp } from '../../../data/stepUp.ts';
import { ConfirmDialog } from '../../../parts/confirmDialog.tsx';
import { CopyButton } from '../../../parts/copyButton.tsx';
import { Refusal } from '../../../parts/refusal.tsx';
import { StepUpDialog } from '../../../parts/stepUpDialog.tsx';

type Ingest = components['schemas']['Ingest'];

/** The server and the stream key for the encoder. They are hidden until the user asks for them. */
export function Setup() {
  const [ingest, setIngest] = useState<Ingest>();
  const [isReplacing, setReplacing] = useState(false);
  const request = useIngest();
  const send = (act: 'show' | 'replace') =>
    request.mutate(act, {
      onSuccess: answer => {
        setIngest(answer);
        setReplacing(false);
      },
    });
  const asked = request.variables;
  const isStepUp = needsStepUp(request.error);
  const refusal = request.isError && !isStepUp ? request.error : null;
  return (
    <section class="panel setup" aria-labelledby="setup">
      <h2 id="setup">Broadcast setup</h2>
      <p class="explained">
        Enter the server and the stream key in OBS Studio or another encoder, and start streaming there. The
        channel goes live by itself.
      </p>
      {ingest === undefined ? (
        <>
          <HiddenValue name="Server" />
          <HiddenValue name="Stream key" />
          <div class="formEnd">
            <button
              type="button"
              class="button primary"
              disabled={request.isPending}
              onClick={() => send('show')}
            >
              Show server and key
            </button>
          </div>
        </>
      ) : (
        <>
          <Value name="Server" value={ingest.url} />
          <StreamKey key={ingest.streamKey} value={ingest.streamKey} />
          <div class="formEnd">
            <button type="button" class="button" onClick={() => setIngest(undefined)}>
              Hide server and key
            </button>
            <button
              type="button"
              class="button"
              onClick={() => {
                request.reset();
                setReplacing(true);
              }}
            >
              Replace stream key
            </button>
          </div>
        </>
      )}
      {!isReplacing && <Refusal error={refusal} />}
      <p class="good" role="status">
        {request.isSuccess && asked === 'replace' && ingest !== undefined
          ? 'The key was replaced. Enter the new one in your encoder.'
          : ''}
      </p>
      <EncoderSettings />
      {isReplacing && !isStepUp && (
        <ConfirmDialog
          title="Replace the stream key?"
          action="Replace key"
          onConfirm={() => send('replace')}
          onClose={() => setReplacing(false)}
          isPending={request.isPending}
          error={refusal}
        >
          <p>
            The old key stops working at once: enter the new one in your encoder before you stream again. A
            broadcast that is running goes on until it is stopped.
          </p>
        </ConfirmDialog>
      )}
      {isStepUp && asked !== undefined && (
        <StepUpDialog onProved={() => send(asked)} onClose={request.reset}>
          Anyone who has the stream key can broadcast on your channel.
        </StepUpDialog>
      )}
    </section>
  );
}

function HiddenValue({ name }: { readonly name: string }) {
  return (
    <div class="field">
      <span class="label">{name}</span>
      <div class="secret">
        <span class="input" aria-hidden="true">
          ••••••••••••••••••••••••
        </span>
        <span class="visuallyHidden">Hidden</span>
      </div>
    </div>
  );
}

function Value({ name, value }: { readonly name: string; readonly value: string }) {
  return (
    <div class="field">
      <label for={`setup-${name}`}>{name}</label>
      <div class="secret">
        <input id={`setup-${name}`} class="input" value={value} readOnly />
        <CopyButton text={value} label={`Copy: ${name}`} />
      </div>
    </div>
  );
}

/** The stream key. Whoever shares their screen can copy it without showing it. */
function StreamKey({ value }: { readonly value: string }) {
  const [isShown, setShown] = useState(false);
  return (
    <div class="field">
      <label for="setup-key">Stream key</label>
      <div class="secret">
        <input
          id="setup-key"
          class="input"
          type={isShown ? 'text' : 'password'}
          autoComplete="off"
          value={value}
          readOnly
        />
        <button type="button" class="button" aria-pressed={isShown} onClick={() => setShown(!isShown)}>
          {isShown ? 'Hide' : 'Reveal'}
        </button>
        <CopyButton text={value} label="Copy: Stream key" />
      </div>
      <div class="hint">Keep it secret: anyone who has it can broadcast on your channel.</div>
    </div>
  );
}

const obs = [
  ['Service', 'Custom…'],
  ['Keyframe interval', '2 s'],
  ['Rate control', 'CBR'],
  ['Video bitrate', '6000 kbps at 1080p, 3500 kbps at 720p; at most 8500 kbps'],
  ['Video encoder', 'x264 (H.264), preset veryfast, profile main, tune zerolatency'],
  ['Audio', 'AAC, 160 kbps, 48 kHz, stereo'],
  ['Output resolution', 'at most 1920 × 1080, 30 or 60 frames per second'],
] as const;

function EncoderSettings() {
  return (
    <details class="fold">
      <summary>Settings for OBS Studio</summary>
      <table class="values">
        <tbody>
          {obs.map(([name, value]) => (
            <tr key={name}>
              <th scope="row">{name}</th>
              <td>{value}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </details>
  );
}
