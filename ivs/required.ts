import type { Attachments } from './ports.ts';
/**
 * A member that the API always answers with, though the SDK's types leave room for none.
 * @throws Error that names it
 */
export function required<T>(value: T | undefined, member: string): T {
  if (value === undefined || value === '') throw new Error(`IVS answered without ${member}`);
  return value;
}

/** @throws Error when the program was put together without them, as one that makes nothing may be. */
export function attached(attachments: Attachments | undefined): Attachments {
  if (attachments === undefined) throw new Error('what is attached to new channels and rooms was not given');
  return attachments;
}
