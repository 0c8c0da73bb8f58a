import { IvsError } from './errors.ts';

/** The maximum numbers of resources per account and Region. All of them are adjustable. */
export interface ResourceLimits {
  readonly channels: number;
  readonly rooms: number;
  readonly stages: number;
}

/** The limits of a new account. */
export const defaultLimits: ResourceLimits = { channels: 5_000, rooms: 50_000, stages: 1_000 };

/** Not adjustable. To replace a stream key, the old one is deleted first. */
export const STREAM_KEYS_PER_CHANNEL = 1;

/** @throws IvsError ServiceQuotaExceededException when one more resource would exceed the limit */
export function checkLimit(existing: number, limit: number, resources: string): void {
  if (existing < limit) return;
  throw new IvsError('ServiceQuotaExceededException', `The quota of ${limit} ${resources} is exceeded`, {
    resourceType: 'ROOM',
    limit,
  });
}
