import type { CommandContext } from './command.ts';

const EVERY_MS = 2_000;

/** Says how far `work` is every two seconds, so that short work says nothing. */
export async function withProgress<T>(
  { err }: Pick<CommandContext, 'err'>,
  say: () => string,
  work: () => Promise<T>,
): Promise<T> {
  const timer = setInterval(() => err(say()), EVERY_MS);
  try {
    return await work();
  } finally {
    clearInterval(timer);
  }
}
