import { createInterface } from 'node:readline/promises';

/** Asks the person at the terminal to type `word`. Without a terminal nobody can, so the answer is no. */
export async function confirm(question: string, word: string, signal: AbortSignal): Promise<boolean> {
  if (!process.stdin.isTTY) return false;
  const lines = createInterface({ input: process.stdin, output: process.stderr });
  try {
    return (await lines.question(`${question} `, { signal })).trim() === word;
  } catch (error) {
    if (signal.aborted) return false;
    throw error;
  } finally {
    lines.close();
  }
}
