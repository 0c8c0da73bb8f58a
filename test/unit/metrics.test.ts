import { afterEach, expect, jest, test } from '@jest/globals';
import { functionSpecs } from '../../model/functions.ts';
import { dropReasons, metricNames, metrics } from '../../model/metrics.ts';
import { lambdaPorts } from '../../streamEventsApi/lambda.ts';

const variables = { POWERTOOLS_METRICS_NAMESPACE: 'UGC-test', POWERTOOLS_SERVICE_NAME: 'postStreamEvents' };
afterEach(() => {
  jest.restoreAllMocks();
  for (const name of Object.keys(variables)) delete process.env[name];
});

test('every metric is published by functions of the stack', () => {
  const unknown = metricNames.flatMap(name =>
    metrics[name].services.filter(service => !Object.hasOwn(functionSpecs, service)),
  );
  expect(unknown).toEqual([]);
});

/** The metrics that an invocation writes in CloudWatch's embedded metric format, as `service name value`. */
async function written(work: (ports: ReturnType<typeof lambdaPorts>) => void): Promise<string[]> {
  Object.assign(process.env, variables);
  const lines: string[] = [];
  // Powertools does not write through the global console.
  jest.spyOn(process.stdout, 'write').mockImplementation(text => lines.push(String(text)) > 0);
  const ports = lambdaPorts();
  await ports.invocation(async () => work(ports));
  jest.restoreAllMocks();
  return lines.flatMap(line => {
    const emf = JSON.parse(line);
    return emf._aws.CloudWatchMetrics.flatMap(
      (one: { Namespace: string; Dimensions: string[][]; Metrics: { Name: string }[] }) =>
        one.Metrics.flatMap(({ Name }) =>
          one.Dimensions.map(names => {
            const dimensions = names.map(name => `${name}=${emf[name]}`).join();
            return `${one.Namespace} ${dimensions} ${Name} ${emf[Name]}`;
          }),
        ),
    );
  });
}

test('a metric has the stack as its namespace and the function as its dimension, and a gauge may be 0', async () => {
  const at = 'UGC-test service=postStreamEvents';
  expect(
    await written(({ count }) => {
      count('EventHandled');
      count('StaleOpenSessions', 0);
    }),
  ).toEqual([`${at} EventHandled 1`, `${at} StaleOpenSessions 0`]);
});

test.each(dropReasons)('a drop is counted in total and by its reason: %s', async reason => {
  const lines = await written(({ count }) => count('EventDropped', 1, reason));
  expect(lines.sort()).toEqual([
    'UGC-test service=postStreamEvents EventDropped 1',
    `UGC-test service=postStreamEvents,reason=${reason} EventDropped 1`,
  ]);
});

test('an invocation without metrics writes nothing', async () => {
  expect(await written(() => {})).toEqual([]);
});
