import fc from 'fast-check';
import { type Action, forbidden, type OwnAction, ownActions, signedIn } from './actions.ts';
import { type Drawn, withFewerFaults, withOtherSeeds, without } from './campaign.ts';
import { type FaultChances, noFaults } from './trouble.ts';

/** How many people sign up in a history. */
export const PEOPLE = 3;

/** How many actions run concurrently. */
const AT_ONCE = 4;

/** The actions of some people, and the faults of their requests. */
export interface ApiHistory {
  /** The actions of one round run concurrently. */
  readonly rounds: readonly (readonly Action[])[];
  /** Whether the first person deletes their account at the end. */
  readonly leaves: boolean;
  readonly chances: FaultChances;
  /** The seed of the faults. */
  readonly seed: number;
}

const someone = fc.integer({ min: 0, max: PEOPLE - 1 });
const two = fc.tuple(someone, fc.integer({ min: 1, max: PEOPLE - 1 })).map(([actor, away]) => ({
  actor,
  target: (actor + away) % PEOPLE,
}));

const own: fc.Arbitrary<Action> = fc
  .tuple(two, fc.constantFrom(...ownActions), fc.nat(9))
  .map(([people, kind, n]) => ({ ...people, kind, n }));

const trespass: fc.Arbitrary<Action> = fc
  .tuple(
    two,
    fc.oneof(
      fc.tuple(fc.constantFrom(...forbidden), fc.constant('another user' as const)),
      fc.tuple(fc.constantFrom(...signedIn), fc.constantFrom('nobody' as const, 'a forger' as const)),
    ),
  )
  .map(([people, [operation, as]]) => ({ ...people, kind: 'trespass', operation, as }));

/** Two actions of one person that are likely to conflict. */
const conflicting: fc.Arbitrary<Action[]> = fc
  .tuple(
    someone,
    fc.constantFrom<OwnAction[]>(
      ['invite', 'invite'],
      ['invite', 'withdraw'],
      ['follow', 'follow'],
      ['follow', 'unfollow'],
      ['unfollow', 'unfollow'],
      // Twice as often as the others: a fault shows in few of the orders in which two replacements can run.
      ['replaceKey', 'replaceKey'],
      ['replaceKey', 'replaceKey'],
      ['ban', 'unban'],
      ['titleChannel', 'titleStream'],
    ),
    fc.integer({ min: 1, max: PEOPLE - 1 }),
    fc.boolean(),
  )
  .map(([actor, kinds, away, isSame]) =>
    kinds.map((kind, n) => ({
      kind,
      actor,
      target: (actor + (n === 0 || isSame ? away : PEOPLE - away)) % PEOPLE,
      n,
    })),
  );

// One person may send several actions at once, for example from two devices.
const round: fc.Arbitrary<Action[]> = fc.oneof(
  conflicting,
  fc.array(fc.oneof({ weight: 3, arbitrary: own }, { weight: 1, arbitrary: trespass }), {
    minLength: 1,
    maxLength: AT_ONCE,
  }),
);

const chancesOfRequests: fc.Arbitrary<FaultChances> = fc.record({
  throttled: fc.constantFrom(0, 0.01, 0.03),
  conflict: fc.constantFrom(0, 0.1),
  unprocessed: fc.constantFrom(0, 0.3),
  lostRequest: fc.constantFrom(0, 0.02),
  lostAnswer: fc.constantFrom(0, 0.03, 0.1),
  killedBefore: fc.constantFrom(0, 0.03),
  killedAfter: fc.constantFrom(0, 0.03, 0.1),
});

const apiHistory: fc.Arbitrary<ApiHistory> = fc.record({
  rounds: fc.array(round, { minLength: 1, maxLength: 6 }),
  leaves: fc.boolean(),
  // Without faults, more requests are answered while others run.
  chances: fc.oneof(
    { weight: 1, arbitrary: fc.constant(noFaults) },
    { weight: 2, arbitrary: chancesOfRequests },
  ),
  seed: fc.nat(),
});

function* withFewerActions(history: ApiHistory): Generator<ApiHistory> {
  yield* without(history, 'rounds');
  for (const [at, round] of history.rounds.entries())
    for (const { round: fewer } of without({ round }, 'round'))
      if (fewer.length > 0) yield { ...history, rounds: history.rounds.with(at, fewer) };
  if (history.leaves) yield { ...history, leaves: false };
}

/** Histories of requests. Shorter ones have fewer requests and fewer faults. */
export const apiHistories: Drawn<ApiHistory> = {
  histories: apiHistory,
  *shorter(history) {
    yield* withOtherSeeds([...withFewerFaults(history), ...withFewerActions(history)]);
  },
};
