import { z } from 'zod';
import { shown } from './source.ts';

/** Memory that Fargate has for so many units of a processor, 1024 to a whole one, in MB: from, to, and in steps of. */
// https://docs.aws.amazon.com/AmazonECS/latest/developerguide/fargate-tasks-services.html
const memories: Readonly<Record<number, readonly [from: number, to: number, step: number]>> = {
  512: [1024, 4096, 1024],
  1024: [2048, 8192, 1024],
  2048: [4096, 16_384, 1024],
  4096: [8192, 30_720, 1024],
};

const whole = (what: string, from: number, to: number) => {
  const error = {
    error: ({ input }: { readonly input?: unknown }) =>
      `must be a whole number of ${what} from ${from} to ${to}, and is ${shown(input)}`,
  };
  return z.int(error).min(from, error).max(to, error);
};

const cpus = Object.keys(memories).map(Number);

/** How the container runs with `COMPUTE=fargate`; read, and not used, without. */
export const containerSettings = z
  .strictObject(
    {
      /**
       * Of each task. Node runs on one processor, and hashes passwords on others: a quarter of one, which Fargate has
       * too, would take seconds for a sign-in.
       */
      cpu: z.literal(cpus, {
        error: ({ input }) => `must be one of ${cpus.join(', ')}, and is ${shown(input)}`,
      }),
      memoryMb: whole('MB', 1024, 30_720),
      minTasks: whole('tasks', 1, 1000),
      maxTasks: whole('tasks', 1, 1000),
      /** Tasks are added and taken away so that they use this much of their processors, on average. */
      targetCpuPercent: whole('percent', 10, 90),
      /** How long tasks that were added are waited for before more are. */
      scaleOutCooldownSeconds: whole('seconds', 0, 3600),
      /** How long after a change no task is taken away. */
      scaleInCooldownSeconds: whole('seconds', 0, 3600),
    },
    { error: ({ input }) => `must be the settings of the container, and is ${shown(input)}` },
  )
  .check(({ value, issues }) => {
    const { cpu, memoryMb, minTasks, maxTasks } = value;
    const complain = (key: keyof typeof value, must: string) =>
      issues.push({
        code: 'custom',
        input: value,
        path: [key],
        message: `must be ${must}, and is ${shown(value[key])}`,
      });
    const [from = 0, to = 0, step = 1] = memories[cpu] ?? [];
    if (memoryMb < from || memoryMb > to || memoryMb % step !== 0)
      complain('memoryMb', `${from} to ${to} in steps of ${step} with a cpu of ${cpu}`);
    if (maxTasks < minTasks) complain('maxTasks', `at least minTasks, ${minTasks}`);
  });
export type ContainerSettings = z.infer<typeof containerSettings>;
