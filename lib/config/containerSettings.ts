import { z } from 'zod';
import { shown } from './source.ts';

/** The memory sizes in MB that Fargate supports for each CPU size (1024 units are one vCPU). */
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
      `must be a whole number of ${what} from ${from} to ${to} (got ${shown(input)})`,
  };
  return z.int(error).min(from, error).max(to, error);
};

const cpus = Object.keys(memories).map(Number);

/** The container settings for `COMPUTE=fargate`. Other deployments validate them, but do not use them. */
export const containerSettings = z
  .strictObject(
    {
      /**
       * The CPU units of each task. Fargate also offers 256 units, but hashing a password would then take
       * seconds.
       */
      cpu: z.literal(cpus, {
        error: ({ input }) => `must be one of ${cpus.join(', ')} (got ${shown(input)})`,
      }),
      memoryMb: whole('MB', 1024, 30_720),
      minTasks: whole('tasks', 1, 1000),
      maxTasks: whole('tasks', 1, 1000),
      /** The average CPU utilization that scaling aims for. */
      targetCpuPercent: whole('percent', 10, 90),
      /** How long scaling waits after adding tasks before it adds more. */
      scaleOutCooldownSeconds: whole('seconds', 0, 3600),
      /** How long scaling waits after a change before it removes tasks. */
      scaleInCooldownSeconds: whole('seconds', 0, 3600),
    },
    { error: ({ input }) => `must be the settings of the container (got ${shown(input)})` },
  )
  .check(({ value, issues }) => {
    const { cpu, memoryMb, minTasks, maxTasks } = value;
    const complain = (key: keyof typeof value, must: string) =>
      issues.push({
        code: 'custom',
        input: value,
        path: [key],
        message: `must be ${must} (got ${shown(value[key])})`,
      });
    const [from = 0, to = 0, step = 1] = memories[cpu] ?? [];
    if (memoryMb < from || memoryMb > to || memoryMb % step !== 0)
      complain('memoryMb', `${from} to ${to} in steps of ${step} with a cpu of ${cpu}`);
    if (maxTasks < minTasks) complain('maxTasks', `at least minTasks, ${minTasks}`);
  });
export type ContainerSettings = z.infer<typeof containerSettings>;
