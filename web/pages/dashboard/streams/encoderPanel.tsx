import type { Analytics } from '../../../data/joinAnalytics.ts';
import { Figure } from '../figure.tsx';
import { codecName, countOf, kilobitsOf, megabitsOf } from './values.ts';

type Encoder = NonNullable<Analytics['encoder']>;

/** What the encoder sends, as IVS understands it. */
export function EncoderPanel({ encoder }: { readonly encoder: Encoder }) {
  const { video, audio } = encoder;
  const figures = [
    ['Video', video.codec && codecName(video.codec)],
    ['Resolution', video.width && video.height && `${video.width} × ${video.height}`],
    ['Frames per second', video.framerate && countOf(video.framerate)],
    ['Video bitrate', video.bitrate && megabitsOf(video.bitrate)],
    ['Audio', audio.codec && codecName(audio.codec)],
    ['Audio bitrate', audio.bitrate && kilobitsOf(audio.bitrate)],
  ] as const;
  return (
    <section class="panel" aria-labelledby="encoder">
      <h2 id="encoder">Encoder</h2>
      <dl class="figures six">
        {figures.map(([name, value]) => (
          <Figure key={name} name={name} value={value || null} />
        ))}
      </dl>
    </section>
  );
}
