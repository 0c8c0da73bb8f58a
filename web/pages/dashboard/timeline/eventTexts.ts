import type { StreamEvent } from '../../../data/stream.ts';
import { clockTime } from '../../../parts/formatting.ts';

export interface EventText {
  readonly title: string;
  /** What it means for the broadcaster, or what to do. */
  readonly meaning: string;
  readonly tone: 'good' | 'neutral' | 'warn' | 'bad';
}

const known: Readonly<Record<string, (detail: StreamEvent['detail']) => EventText>> = {
  'Session Created': () => ({
    title: 'Encoder connected',
    meaning: 'The stream key was accepted.',
    tone: 'neutral',
  }),
  'Stream Start': () => ({ title: 'Live', meaning: 'Viewers can watch.', tone: 'good' }),
  'Stream End': () => ({ title: 'Offline', meaning: 'There is no new video for viewers.', tone: 'neutral' }),
  'Session Ended': ({ code }) => ({
    title: 'Encoder disconnected',
    meaning:
      code === undefined
        ? 'No more video is received.'
        : `The encoder's settings were not accepted: ${code}.`,
    tone: code === undefined ? 'neutral' : 'bad',
  }),
  'Stream Failure': ({ reason }) => ({
    title: 'The stream failed',
    meaning: reason ?? 'Start it again in your encoder.',
    tone: 'bad',
  }),
  'Stream Takeover': () => ({
    title: 'Another encoder took over',
    meaning: 'The stream goes on with its video.',
    tone: 'neutral',
  }),
  'Stream Takeover Failure': ({ code }) => ({
    title: 'Another encoder could not take over',
    meaning: code === undefined ? 'The stream goes on with the first one.' : `The reason is ${code}.`,
    tone: 'warn',
  }),
  'Starvation Start': () => ({
    title: 'Too little data arrives',
    meaning: 'Viewers may see the video stop. Check your connection, or lower the bitrate.',
    tone: 'bad',
  }),
  'Starvation End': () => ({ title: 'Data arrives again', meaning: 'The video goes on.', tone: 'good' }),
  'Recording Start': () => ({
    title: 'Recording started',
    meaning: 'The stream is being recorded.',
    tone: 'neutral',
  }),
  'Recording End': ({ recordingDurationMs }) => ({
    title: 'Recording is ready',
    meaning:
      recordingDurationMs === undefined
        ? 'Viewers can watch it on your channel.'
        : `Viewers can watch it on your channel. It is ${clockTime(recordingDurationMs)} long.`,
    tone: 'good',
  }),
  'Recording Start Failure': ({ reason }) => ({
    title: 'Recording could not start',
    meaning: reason ?? 'This stream is not recorded.',
    tone: 'bad',
  }),
  'Recording End Failure': ({ reason }) => ({
    title: 'Recording failed',
    meaning: reason ?? 'The recording cannot be watched.',
    tone: 'bad',
  }),
  'Ingest Bitrate': detail => ({
    title: 'The bitrate is too high',
    meaning: `${limitOf(detail)}Lower the bitrate in your encoder, or the stream may be disconnected.`,
    tone: 'bad',
  }),
  'Ingest Resolution': detail => ({
    title: 'The picture is too large',
    meaning: `${limitOf(detail)}Lower the resolution in your encoder, or the stream may be disconnected.`,
    tone: 'bad',
  }),
};

/** Returns what an event of a stream's timeline tells its broadcaster. */
export function eventText({ name, detailType, detail }: StreamEvent): EventText {
  const text = known[name];
  if (text !== undefined) return text(detail);
  // IVS may add events. A limit that is not known was exceeded all the same.
  const isLimit = detailType === 'IVS Limit Breach';
  return {
    title: name,
    meaning: isLimit ? `${limitOf(detail)}A limit was exceeded.` : (detail.reason ?? ''),
    tone: isLimit ? 'bad' : 'neutral',
  };
}

/** Returns a sentence about a limit: "8.62 Mbit/s instead of 8.5 Mbit/s. " */
function limitOf({ limitValue, exceededBy, limitUnit }: StreamEvent['detail']): string {
  if (limitValue === undefined || exceededBy === undefined) return '';
  const format =
    limitUnit === 'bits per second'
      ? megabits
      : (value: number) => `${number.format(value)} ${limitUnit ?? ''}`;
  return `${format(limitValue + exceededBy).trim()} instead of at most ${format(limitValue).trim()}. `;
}

const number = new Intl.NumberFormat(undefined, { maximumFractionDigits: 2 });
const megabits = (bits: number) => `${number.format(bits / 1_000_000)} Mbit/s`;
