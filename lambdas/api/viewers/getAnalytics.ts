import {
  type Analytics,
  type AnalyticsDependencies,
  readAnalytics,
} from '../../../domain/viewers/analytics.ts';
import type { Averages } from '../../../domain/viewers/chart.ts';
import type { Encoder } from '../../../model/stream.ts';
import { callerOf } from '../http/auth.ts';
import type { HandlerOf } from '../http/operation.ts';
import type { AnalyticsBody, AveragesBody, EncoderBody, getAnalyticsOperation } from './answers.ts';

export function getAnalytics(dependencies: AnalyticsDependencies): HandlerOf<typeof getAnalyticsOperation> {
  return async c => {
    const { from, to } = c.req.valid('query');
    const request = { ...c.req.valid('param'), from, to };
    return c.json(shape(await readAnalytics(dependencies, callerOf(c), request)), 200);
  };
}

function shape({ minutes, averages, shares, encoder, nextFrom, ...totals }: Analytics): AnalyticsBody {
  return {
    ...totals,
    minutes: minutes.map(({ ingest, ...minute }) => ({
      ...minute,
      averages: shapeAverages(minute.averages),
      ingest: {
        videoBitrate: ingest.videoBitrate ?? null,
        framerate: ingest.framerate ?? null,
        keyframeIntervalSeconds: ingest.keyframeIntervalSeconds ?? null,
      },
    })),
    encoder: encoder === undefined ? null : shapeEncoder(encoder),
    averages: shapeAverages(averages),
    shares: {
      quality: [...shares.quality],
      browser: [...shares.browser],
      os: [...shares.os],
      device: [...shares.device],
    },
    nextFrom: nextFrom ?? null,
  };
}

function shapeAverages({ latencyMs, bufferMs, bitrate, framerate }: Averages): AveragesBody {
  return {
    latencyMs: latencyMs ?? null,
    bufferMs: bufferMs ?? null,
    bitrate: bitrate ?? null,
    framerate: framerate ?? null,
  };
}

function shapeEncoder({ video, audio }: Encoder): EncoderBody {
  return {
    video: {
      codec: video.codec ?? null,
      width: video.width ?? null,
      height: video.height ?? null,
      framerate: video.framerate ?? null,
      bitrate: video.bitrate ?? null,
    },
    audio: {
      codec: audio.codec ?? null,
      bitrate: audio.bitrate ?? null,
      sampleRate: audio.sampleRate ?? null,
      channels: audio.channels ?? null,
    },
  };
}
