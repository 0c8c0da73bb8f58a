import fc from 'fast-check';
import { type Action, forbidden, type OwnAction, ownActions, signedIn } from './actions.ts';
import { calmer, type Drawn, redrawn, without } from './campaign.ts';
import type { FaultChances } from './trouble.ts';

/** How many people sign up in a history. */
export const PEOPLE = 3;

/** How many actions are asked for at once. */
const AT_ONCE = 4;

/** What some people do, and what their requests meet. */
export interface ApiHistory {
  /** The actions of one round are asked for at once. */
  readonly rounds: readonly (readonly Action[])[];
  /** Whether the first of them leaves in the end. */
  readonly leaves: boolean;
  readonly chances: FaultChances;
  /** Which faults are met where. */
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

/** What one person does twice at once, or does and takes back. */
const rivals: fc.Arbitrary<Action[]> = fc
  .tuple(
    someone,
    fc.constantFrom<OwnAction[]>(
      ['invite', 'invite'],
      ['invite', 'withdraw'],
      ['follow', 'follow'],
      ['follow', 'unfollow'],
      ['unfollow', 'unfollow'],
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

// Also several of one person: with two devices, or of an owner who is impatient.
const round: fc.Arbitrary<Action[]> = fc.oneof(
  rivals,
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
  chances: chancesOfRequests,
  seed: fc.nat(),
});

function* withFewerActions(history: ApiHistory): Generator<ApiHistory> {
  yield* without(history, 'rounds');
  for (const [at, round] of history.rounds.entries())
    for (const { round: fewer } of without({ round }, 'round'))
      if (fewer.length > 0) yield { ...history, rounds: history.rounds.with(at, fewer) };
  if (history.leaves) yield { ...history, leaves: false };
}

/** Histories of requests, and shorter ones: with fewer of them, and fewer faults. */
export const apiHistories: Drawn<ApiHistory> = {
  histories: apiHistory,
  *shorter(history) {
    yield* redrawn([...calmer(history), ...withFewerActions(history)]);
  },
};
