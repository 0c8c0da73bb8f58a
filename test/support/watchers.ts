import { randomBytes } from 'node:crypto';
import type { ReadAudience } from '../../domain/viewers/audience.ts';
import { type SampleDependencies, takeSample } from '../../domain/viewers/samples.ts';
import { viewerTokens } from '../../domain/viewers/viewerTokens.ts';
import type { RecordViewers } from '../../store/currentViewers.ts';
import type { CountViewer } from '../../store/viewerCounts.ts';
import type { AddViews } from '../../store/views.ts';

/** A viewer: when they watch, in seconds from the start, and how their player misbehaves. */
export interface Watcher {
  readonly joinsAt: number;
  readonly leavesAt: number;
  /** The speed of the player's clock relative to the server's. */
  readonly clockRate: number;
  /**
   * The player sends some samples twice: again with its latest token, and at the same time with the same
   * token.
   */
  readonly repeats: boolean;
}

/** The dependencies of taking samples of an open stream, over `countViewer`. */
export function sampleDependencies(parts: {
  readonly countViewer: CountViewer;
  readonly audience: ReadAudience;
  readonly clock: () => Date;
  /** Default: records nothing. */
  readonly recordViewers?: RecordViewers;
  /** Default: adds nothing. */
  readonly addViews?: AddViews;
}): SampleDependencies {
  const tokens = viewerTokens(async () => 'a secret of the tests, long enough');
  let joined = 0;
  const countJoin = async () => ++joined;
  const unlimited = { limit: async () => {}, countJoin, viewersPerNetwork: Number.MAX_SAFE_INTEGER };
  const record = async () => {};
  return {
    recordViewers: record,
    recordPeak: record,
    addViews: record,
    ...parts,
    ...unlimited,
    tokens,
    random: randomBytes,
  };
}

/** A sample without any measurements. */
const plainSample = {
  userId: undefined,
  caller: { networks: { address: '203.0.113.7', subnet: '203.0.113.0/24' } },
  networks: { address: '203.0.113.7', subnet: '203.0.113.0/24' },
  viewerToken: undefined,
  playback: {},
} as const;

/**
 * Plays the samples of `watchers`, second by second. Each player sends its next sample when it was told to,
 * by its own clock.
 *
 * @param tick moves the server's clock by a second.
 * @returns how many samples were sent.
 */
export async function watch(
  dependencies: SampleDependencies,
  stream: { readonly username: string; readonly streamId: string },
  watchers: readonly Watcher[],
  { seconds, tick }: { readonly seconds: number; readonly tick: () => void },
): Promise<number> {
  const due: { watcher: Watcher; viewerToken: string | undefined }[][] = [];
  const add = (at: number, one: { watcher: Watcher; viewerToken: string | undefined }) => {
    if (at >= Math.min(seconds, one.watcher.leavesAt)) return;
    const second = Math.floor(at);
    due[second] ??= [];
    due[second].push(one);
  };
  for (const watcher of watchers) add(watcher.joinsAt, { watcher, viewerToken: undefined });
  let sent = 0;
  for (let second = 0; second < seconds; second++) {
    const all = (due[second] ?? []).map(async ({ watcher, viewerToken }) => {
      const send = () => takeSample(dependencies, { ...plainSample, ...stream, viewerToken });
      // Without a token, a second request would be a second viewer.
      const twice = watcher.repeats && viewerToken !== undefined;
      const [answer] = await Promise.all(twice ? [send(), send()] : [send()]);
      sent += twice ? 2 : 1;
      const next = second + answer.nextSampleInSeconds / watcher.clockRate;
      add(next, { watcher, viewerToken: answer.viewerToken });
    });
    await Promise.all(all);
    tick();
  }
  return sent;
}
