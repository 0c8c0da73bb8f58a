import type { Channel } from '../../model/channel.ts';
import type { Stream } from '../../model/stream.ts';
import { CHANNEL_ARN, CHANNEL_ID } from './ivsEvents.ts';
import type { OracleSession, OracleState } from './oracle.ts';

export function emptyChannel(overrides: Partial<Channel> = {}): Channel {
  return {
    id: CHANNEL_ID,
    arn: CHANNEL_ARN,
    userId: 'user-1',
    username: 'Alice',
    usernameKey: 'alice',
    nameRange: '-b',
    title: 'Hello',
    playbackUrl: 'https://playback.example/alice.m3u8',
    ingestEndpoint: 'ingest.example',
    streamKey: 'sk_test',
    followerCount: 0,
    isPartner: false,
    isLive: false,
    version: 1,
    createdAt: '2026-01-01T00:00:00.000Z',
    updatedAt: '2026-01-01T00:00:00.000Z',
    ...overrides,
  };
}

/** Rows in the form of the oracle, so that the two can be compared as a whole. */
export function stateOf(channel: Channel, streams: Iterable<Stream>): OracleState {
  return {
    isLive: channel.isLive,
    newest: channel.newestStreamId,
    open: channel.openStreamId,
    preview: channel.livePreviewPath,
    sessions: Object.fromEntries([...streams].map(stream => [stream.id, sessionOf(stream)])),
  };
}

function sessionOf(stream: Stream): OracleSession {
  return {
    startedAt: stream.startedAt,
    endedAt: stream.endedAt,
    isOpen: stream.isOpen !== undefined,
    isLive: stream.isLive,
    isHealthy: stream.isHealthy,
    hasErrorEvent: stream.hasErrorEvent,
    recordingStatus: stream.recordingStatus,
    recordingStartedAt: stream.recordingStartedAt,
    recordingEndedAt: stream.recordingEndedAt,
    recordingDurationMs: stream.recordingDurationMs,
    recordingPath: stream.recordingPath,
    recordingStreamId: stream.recordingStreamId,
    vodStartedAt: stream.vodStartedAt,
  };
}
