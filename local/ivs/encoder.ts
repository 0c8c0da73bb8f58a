/** What the encoder of a simulated stream sends: one of a few usual settings, always the same for a stream. */
export interface SimulatedEncoder {
  readonly width: number;
  readonly height: number;
  readonly framerate: number;
  readonly videoBitrate: number;
}

const settings: readonly SimulatedEncoder[] = [
  { width: 1920, height: 1080, framerate: 60, videoBitrate: 6_000_000 },
  { width: 1920, height: 1080, framerate: 30, videoBitrate: 4_500_000 },
  { width: 1280, height: 720, framerate: 60, videoBitrate: 4_000_000 },
  { width: 1280, height: 720, framerate: 30, videoBitrate: 2_500_000 },
];

export const KEYFRAME_SECONDS = 2;

/** Returns a number from 0 to `below - 1` that depends on `text` only. */
export function hashOf(text: string, below: number): number {
  const hash = [...text].reduce((sum, character) => (sum * 31 + (character.codePointAt(0) ?? 0)) >>> 0, 7);
  return hash % below;
}

export function encoderOf(streamId: string): SimulatedEncoder {
  const [first] = settings;
  const found = settings[hashOf(streamId, settings.length)] ?? first;
  if (found === undefined) throw new Error('there are no encoder settings');
  return found;
}

/** The encoder of a stream, as `GetStreamSession` describes it. */
export function ingestConfigurations(streamId: string) {
  const { width, height, framerate, videoBitrate } = encoderOf(streamId);
  return {
    videoConfigurations: [
      {
        codec: 'avc1.64002A',
        videoWidth: width,
        videoHeight: height,
        targetFramerate: framerate,
        targetBitrate: videoBitrate,
        track: 'Track0',
      },
    ],
    audioConfigurations: [
      { codec: 'mp4a.40.2', targetBitrate: 160_000, sampleRate: 48_000, channels: 2, track: 'Track0' },
    ],
  };
}
