import { randomBytes } from 'node:crypto';
import type { IvsContext } from './operation.ts';

const LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';

/** So many random letters and digits, which is what the ids of IVS are made of. */
export function randomId(length: number): string {
  return Array.from(randomBytes(length), byte => LETTERS[byte % LETTERS.length]).join('');
}

/** The ARN of a new resource of the simulated account. */
export function newArn(
  { account, region }: Pick<IvsContext, 'account' | 'region'>,
  type: 'channel' | 'stream-key' | 'room' | 'stage',
): string {
  return `arn:aws:${type === 'room' ? 'ivschat' : 'ivs'}:${region}:${account}:${type}/${randomId(12)}`;
}
