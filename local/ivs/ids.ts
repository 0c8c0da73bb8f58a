import { randomBytes } from 'node:crypto';
import type { IvsContext } from './operation.ts';

const LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';

/** Returns a random id in the format of IVS: letters and digits. */
export function randomId(length: number): string {
  return Array.from(randomBytes(length), byte => LETTERS[byte % LETTERS.length]).join('');
}

/** Returns the ARN of a new resource of the simulated account. */
export function newArn(
  { account, region }: Pick<IvsContext, 'account' | 'region'>,
  type: 'channel' | 'stream-key' | 'room' | 'stage',
): string {
  return `arn:aws:${type === 'room' ? 'ivschat' : 'ivs'}:${region}:${account}:${type}/${randomId(12)}`;
}
