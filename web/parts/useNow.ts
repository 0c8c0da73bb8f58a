import { useEffect, useState } from 'preact/hooks';
import { clock } from '../data/clock.ts';

/** Returns the server's time in milliseconds since 1970, again after each `periodMs`. */
export function useNow(periodMs: number): number {
  const [now, setNow] = useState(clock.now);
  useEffect(() => {
    const timer = setInterval(() => setNow(clock.now()), periodMs);
    return () => clearInterval(timer);
  }, [periodMs]);
  return now;
}
