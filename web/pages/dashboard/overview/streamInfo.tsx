import { useUpdateChannel } from '../../../data/channel.ts';
import { useOwn } from '../own.ts';
import { TitleForm } from '../titleForm.tsx';

/** Changes the title and the category of the channel. */
export function StreamInfo() {
  const { channel, edited } = useOwn();
  return (
    <section class="panel" aria-labelledby="streamInfo">
      <h2 id="streamInfo">Stream info</h2>
      <p class="explained">
        Viewers see it on your channel and in lists. A change also applies to the stream that is live.
      </p>
      <TitleForm saved={channel} update={useUpdateChannel(channel.username)} onSaved={edited} />
    </section>
  );
}
