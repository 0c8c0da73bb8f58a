const DEADLINE_MS = 45_000;
const PAUSE_MS = 20;

/** Reads until `holds` is true, and returns that reading. Throws after 45 seconds, with the last reading. */
export async function eventually<T>(read: () => Promise<T>, holds: (value: T) => boolean): Promise<T> {
  const deadline = Date.now() + DEADLINE_MS;
  for (;;) {
    const value = await read();
    if (holds(value)) return value;
    if (Date.now() > deadline) throw new Error(`still ${JSON.stringify(value)} after ${DEADLINE_MS} ms`);
    await new Promise(resolve => setTimeout(resolve, PAUSE_MS));
  }
}
