import fc from 'fast-check';
import { type Drawn, withFewerFaults, withOtherSeeds, without } from './campaign.ts';
import { type FaultChances, noFaults } from './trouble.ts';

/**
 * A request of or for an account. `who` is 0 or 1, because a history starts with two accounts. `name` is one
 * of two names that both accounts may request.
 */
export interface AccountStep {
  readonly kind: (typeof accountSteps)[number];
  readonly who: 0 | 1;
  readonly name: 0 | 1;
}

export const accountSteps = [
  'signUp',
  'signUpTwice',
  'rename',
  'takeFormerName',
  'changePassword',
  'signIn',
  'signInByKey',
  'refreshTwice',
  'signOut',
  'endOther',
  'endOthers',
  'guess',
  'delete',
  'follow',
  'ban',
  'invite',
  'goLive',
  'chat',
  'monthPasses',
] as const;

export interface AccountHistory {
  /** The steps of a round run concurrently. */
  readonly rounds: readonly (readonly AccountStep[])[];
  readonly chances: FaultChances;
  /** The seed of the faults and of the order of requests. */
  readonly seed: number;
}

const bit = fc.constantFrom(0 as const, 1 as const);
const step: fc.Arbitrary<AccountStep> = fc.record({
  kind: fc.constantFrom(...accountSteps),
  who: bit,
  name: bit,
});

/** Pairs of steps that are likely to conflict. */
const conflicting: fc.Arbitrary<readonly AccountStep[]> = fc
  .tuple(
    fc.constantFrom<AccountStep['kind'][]>(
      ['signUp', 'signUp'],
      // Twice as often as the others: a fault shows in few of the orders in which two sign-ups can run.
      ['signUpTwice'],
      ['signUpTwice'],
      ['signUp', 'rename'],
      ['rename', 'rename'],
      ['rename', 'goLive'],
      ['changePassword', 'signIn'],
      ['refreshTwice', 'signOut'],
      ['endOthers', 'signIn'],
      ['endOthers', 'changePassword'],
      ['endOther', 'refreshTwice'],
      ['changePassword', 'refreshTwice'],
      ['delete', 'follow'],
      ['delete', 'ban'],
      ['delete', 'invite'],
      ['delete', 'goLive'],
      ['delete', 'chat'],
      ['delete', 'signIn'],
      ['delete', 'rename'],
      ['rename', 'takeFormerName'],
      ['rename', 'monthPasses'],
      ['delete', 'monthPasses'],
    ),
    bit,
    bit,
  )
  .map(([kinds, who, name]) =>
    kinds.map((kind, at) => ({
      kind,
      // The second of these steps is done by the other account.
      who: at === 1 && ['follow', 'rename', 'takeFormerName'].includes(kind) ? ((1 - who) as 0 | 1) : who,
      name,
    })),
  );

const chances: fc.Arbitrary<FaultChances> = fc.record({
  throttled: fc.constantFrom(0, 0.02),
  conflict: fc.constantFrom(0, 0.1),
  unprocessed: fc.constantFrom(0, 0.3),
  lostRequest: fc.constant(0),
  lostAnswer: fc.constantFrom(0, 0.05),
  killedBefore: fc.constantFrom(0, 0.03),
  killedAfter: fc.constantFrom(0, 0.05),
});

export const accountHistories: Drawn<AccountHistory> = {
  histories: fc.record({
    // Setting up the accounts costs as much as several rounds.
    rounds: fc.array(
      fc.oneof(
        { weight: 3, arbitrary: conflicting },
        { weight: 1, arbitrary: fc.array(step, { minLength: 1, maxLength: 3 }) },
      ),
      { minLength: 2, maxLength: 6 },
    ),
    chances: fc.oneof({ weight: 3, arbitrary: fc.constant(noFaults) }, { weight: 1, arbitrary: chances }),
    seed: fc.nat(),
  }),
  *shorter(history) {
    const fewer: AccountHistory[] = [...withFewerFaults(history), ...without(history, 'rounds')];
    for (const [at, round] of history.rounds.entries())
      for (const { round: steps } of without({ round }, 'round'))
        if (steps.length > 0) fewer.push({ ...history, rounds: history.rounds.with(at, steps) });
    yield* withOtherSeeds(fewer);
  },
};
