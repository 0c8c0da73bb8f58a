import { expect, test } from '@jest/globals';
import { periodicTask } from '../../local/schedules.ts';

const HOUR_MS = 3_600_000;
const noFailure = (error: unknown) => {
  throw error;
};

test('a task that is requested while it runs is not started twice', async () => {
  let runs = 0;
  const task = periodicTask(HOUR_MS, async () => ++runs, noFailure);
  expect(await Promise.all([task.run(), task.run()])).toEqual([1, 1]);
  expect(await task.run()).toBe(2);
  await task.stop();
});

test('a task that is running when everything stops is told to stop, and waited for', async () => {
  const steps: string[] = [];
  const task = periodicTask(
    HOUR_MS,
    async isStopping => {
      steps.push('begun');
      // A task checks between its steps whether it should stop.
      while (!isStopping()) await new Promise(resolve => setImmediate(resolve));
      steps.push('ended early');
    },
    noFailure,
  );
  void task.run();
  await task.stop();
  steps.push('stopped');
  expect(steps).toEqual(['begun', 'ended early', 'stopped']);
});

test('a task that fails on its own is reported, and runs again', async () => {
  const outcomes: string[] = [];
  await new Promise<void>(resolve => {
    const task = periodicTask(
      1,
      async () => {
        if (outcomes.length === 0) throw new Error('broken');
        outcomes.push('done');
        void task.stop().then(resolve);
      },
      error => outcomes.push(String(error)),
    );
  });
  expect(outcomes).toEqual(['Error: broken', 'done']);
});
