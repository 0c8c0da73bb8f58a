import {
  type Analytics,
  type AnalyticsDependencies,
  readAnalytics,
} from '../../../domain/viewers/analytics.ts';
import type { Averages } from '../../../domain/viewers/chart.ts';
import { callerOf } from '../http/auth.ts';
import type { HandlerOf } from '../http/operation.ts';
import type { AnalyticsBody, AveragesBody, getAnalyticsOperation } from './answers.ts';

export function getAnalytics(dependencies: AnalyticsDependencies): HandlerOf<typeof getAnalyticsOperation> {
  return async c => {
    const { from, to } = c.req.valid('query');
    const request = { ...c.req.valid('param'), from, to };
    return c.json(shape(await readAnalytics(dependencies, callerOf(c), request)), 200);
  };
}

function shape({ minutes, averages, shares, nextFrom, ...totals }: Analytics): AnalyticsBody {
  return {
    ...totals,
    minutes: minutes.map(minute => ({ ...minute, averages: shapeAverages(minute.averages) })),
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
