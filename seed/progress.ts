import type { CommandContext } from './command.ts';

const EVERY_MS = 2_000;

/** Says how far `work` is every two seconds, so that short work says nothing. */
export async function withProgress(
  { err }: Pick<CommandContext, 'err'>,
  say: () => string,
  work: () => Promise<void>,
): Promise<void> {
  const timer = setInterval(() => err(say()), EVERY_MS);
  try {
    await work();
  } finally {
    clearInterval(timer);
  }
}
