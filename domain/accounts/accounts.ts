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
  /** Gives that many bytes, unguessable. */
  readonly random: (bytes: number) => Uint8Array;
  /** What a new hash costs, where it is not to cost what it should: in tests. */
  readonly scrypt?: ScryptParameters;
}

/** What signing in, and whatever asks for a password, is made of. */
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
