import type { Database } from '../../store/database.ts';
import { type Lockout, lockout } from './lockout.ts';
import { type PasswordHasher, passwordHasher, type ScryptParameters } from './passwords.ts';
import { type Sessions, sessions } from './sessions.ts';
import { type SignIn, signIn } from './signIn.ts';
import { type StepUp, stepUp } from './stepUp.ts';
import type { TokenIssuer } from './tokens.ts';

export interface AccountsDependencies {
  readonly database: Database<'users' | 'usernames' | 'sessions' | 'rateLimits'>;
  readonly tokens: TokenIssuer;
  readonly clock: () => Date;
  /** Returns that many random bytes that cannot be guessed. */
  readonly random: (bytes: number) => Uint8Array;
  /** The cost of a new hash. Tests use a lower cost than the default. */
  readonly scrypt?: ScryptParameters;
}

/** The parts that sign-in and other operations with a password use. */
export interface Accounts {
  readonly passwords: PasswordHasher;
  readonly lockout: Lockout;
  readonly sessions: Sessions;
  readonly stepUp: StepUp;
  readonly signIn: SignIn;
}

export function accounts({ database, tokens, clock, random, scrypt }: AccountsDependencies): Accounts {
  const passwords = passwordHasher({ random, ...(scrypt === undefined ? {} : { parameters: scrypt }) });
  const parts = {
    passwords,
    lockout: lockout({ database, clock }),
    sessions: sessions({ database, tokens, clock, random }),
  };
  return {
    ...parts,
    stepUp: stepUp({ database, clock, ...parts }),
    signIn: signIn({ database, tokens, clock, ...parts }),
  };
}
