import type { Analytics } from '../../../data/joinAnalytics.ts';
import { Figure } from '../figure.tsx';
import { codecName, countOf, kilobitsOf, megabitsOf } from './values.ts';

/** What the encoder sends, as IVS understands it. Null while IVS has not been asked yet. */
export function EncoderPanel({ encoder }: Pick<Analytics, 'encoder'>) {
  return (
    <section class="panel" aria-labelledby="encoder">
      <h2 id="encoder">Encoder</h2>
      {encoder === null ? (
        <p class="explained">Its settings appear here some minutes after the start of the stream.</p>
      ) : (
        <dl class="figures six">
          {figuresOf(encoder).map(([name, value]) => (
            <Figure key={name} name={name} value={value || null} />
          ))}
        </dl>
      )}
    </section>
  );
}

function figuresOf({ video, audio }: NonNullable<Analytics['encoder']>) {
  return [
    ['Video', video.codec && codecName(video.codec)],
    ['Resolution', video.width && video.height && `${video.width} × ${video.height}`],
    ['Frames per second', video.framerate && countOf(video.framerate)],
    ['Video bitrate', video.bitrate && megabitsOf(video.bitrate)],
    ['Audio', audio.codec && codecName(audio.codec)],
    ['Audio bitrate', audio.bitrate && kilobitsOf(audio.bitrate)],
  ] as const;
}
