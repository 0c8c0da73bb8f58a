/**
 * Carries out the AWS requests of several workers one at a time, in a random order: when every worker is
 * waiting with a request or has ended, one of the requests is chosen. So one worker's write can come after
 * another worker's whole operation, which rarely happens on an idle machine. The same seed gives the same
 * order.
 */
export interface Schedule {
  /** Adds a worker. It must call `leave` at the end, or the others wait for it. */
  enter(worker: object): void;
  leave(worker: object): void;
  /**
   * Resolves when the worker may send its request, to a function that it must call after the request.
   * @param isGuarded whether the request has a condition or writes several rows
   */
  turn(worker: object, isGuarded: boolean): Promise<() => void>;
}

interface Waiting {
  readonly worker: object;
  readonly isGuarded: boolean;
  /** Whether all other waiting requests go first. */
  isHeld: boolean;
  /** It waits until so many other requests went first, or until all other workers have ended. */
  pausedUntil: number;
  /** How many other requests went first. */
  passed: number;
  readonly go: (over: () => void) => void;
}

const nothing = () => {};

// Others may poll until this worker's write is done, so a request is overtaken at most this often.
const MOST_PASSED = 30;

// A worker that waits for another worker, and not for AWS, would block all of them.
const LONGEST_WAIT_MS = 5_000;

/** @param random returns numbers in [0, 1) */
export function drawnSchedule(random: () => number): Schedule {
  const oneOf = (values: readonly number[]) => values[Math.floor(random() * values.length)] ?? 0;
  // Drawn again when a worker begins while no other is running:
  // - `holding`: the probability that a guarded write is held back until the others have sent their requests
  // - `staying`: the probability that the same worker sends the next request
  // - `paused` and `pause`: which guarded write waits (-1 is none), and for how many requests of the others
  const draw = () => ({
    holding: oneOf([0, 0.4, 0.8]),
    staying: oneOf([0, 0.3, 0.6]),
    paused: random() < 0.7 ? Math.floor(random() * 6) : -1,
    pause: oneOf([3, 6, 9, Number.POSITIVE_INFINITY]),
  });
  let drawn = draw();
  let writes = 0;
  const workers = new Map<object, number>();
  let entered = 0;
  let waiting: Waiting[] = [];
  let isBusy = false;
  let last: object | undefined;
  let late: NodeJS.Timeout | undefined;

  const place = ({ worker }: Waiting) => workers.get(worker) ?? 0;
  const choose = (): Waiting | undefined => {
    // Sorted by the order of `enter`, because the order of arrival depends on the machine.
    for (const one of waiting) if (one.passed >= MOST_PASSED) return one;
    const sorted = [...waiting].sort((a, b) => place(a) - place(b));
    const running = sorted.filter(({ passed, pausedUntil }) => passed >= pausedUntil);
    const all = running.length === 0 ? sorted : running;
    const free = all.filter(({ isHeld }) => !isHeld);
    if (free.length === 0) for (const one of all) one.isHeld = false;
    const from = free.length === 0 ? all : free;
    const same = from.find(({ worker }) => worker === last);
    const next =
      same !== undefined && random() < drawn.staying ? same : from[Math.floor(random() * from.length)];
    if (next?.isGuarded && next.pausedUntil === 0 && writes++ === drawn.paused && all.length > 1) {
      next.pausedUntil = next.passed + drawn.pause;
      return choose();
    }
    if (next === undefined || !next.isGuarded || free.length < 2 || random() >= drawn.holding) return next;
    next.isHeld = true;
    return choose();
  };
  const decide = (isLate: boolean) => {
    if (isBusy || waiting.length === 0) return;
    const here = new Set(waiting.map(({ worker }) => worker));
    if (!isLate && [...workers.keys()].some(worker => !here.has(worker))) return;
    const next = choose();
    if (next === undefined) return;
    waiting = waiting.filter(one => one !== next);
    for (const one of waiting) one.passed++;
    isBusy = true;
    last = next.worker;
    next.go(() => {
      isBusy = false;
      changed();
    });
  };
  const changed = () => {
    clearTimeout(late);
    late = setTimeout(() => decide(true), LONGEST_WAIT_MS);
    late.unref();
    // A worker may send its next request in this turn of the event loop, right after an answer.
    setImmediate(() => decide(false));
  };

  return {
    enter: worker => {
      if (workers.size === 0) {
        drawn = draw();
        writes = 0;
      }
      workers.set(worker, entered++);
    },
    leave: worker => {
      workers.delete(worker);
      // Nobody waits for these requests any more.
      for (const one of waiting.filter(other => other.worker === worker)) one.go(nothing);
      waiting = waiting.filter(other => other.worker !== worker);
      changed();
    },
    turn: (worker, isGuarded) => {
      if (!workers.has(worker)) return Promise.resolve(nothing);
      return new Promise(go => {
        waiting.push({ worker, isGuarded, isHeld: false, pausedUntil: 0, passed: 0, go });
        changed();
      });
    },
  };
}
