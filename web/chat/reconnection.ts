const TICK_MS = 2_000;
const SLEEP_MS = 15_000;

/** Calls `onWake` after the computer slept or the browser paused the page. @returns a function that ends this */
export function watchSleep(onWake: () => void): () => void {
  let last = Date.now();
  const check = () => {
    const now = Date.now();
    const slept = now - last > SLEEP_MS;
    last = now;
    if (slept) onWake();
  };
  const timer = setInterval(check, TICK_MS);
  return () => clearInterval(timer);
}
