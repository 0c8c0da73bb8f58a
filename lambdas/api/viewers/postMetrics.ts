import { browserOf, operatingSystemOf, qualityOf } from '../../../domain/viewers/kinds.ts';
import { type SampleDependencies, takeSample } from '../../../domain/viewers/samples.ts';
import type { Playback } from '../../../model/viewerMinute.ts';
import { optionalCallerOf } from '../http/auth.ts';
import { countedCaller, networksFrom } from '../http/limits.ts';
import type { HandlerOf } from '../http/operation.ts';
import type { postMetricsOperation } from './answers.ts';
import type { SampleBody } from './routes.ts';

export function postMetrics(dependencies: SampleDependencies): HandlerOf<typeof postMetricsOperation> {
  return async c => {
    const { viewerToken, ...sample } = c.req.valid('json');
    const taken = await takeSample(dependencies, {
      ...c.req.valid('param'),
      viewerToken,
      userId: optionalCallerOf(c)?.userId,
      caller: await countedCaller(c),
      networks: await networksFrom(c),
      playback: playbackOf(sample),
    });
    return c.json(taken, 200);
  };
}

function playbackOf({ quality, browser, os, isMobile, ...same }: Omit<SampleBody, 'viewerToken'>): Playback {
  return {
    ...same,
    quality: qualityOf(quality, same.resolution),
    browser: browser === undefined ? undefined : browserOf(browser),
    os: os === undefined ? undefined : operatingSystemOf(os),
    device: isMobile === undefined ? undefined : isMobile ? 'mobile' : 'desktop',
  };
}
