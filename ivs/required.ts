import type { Attachments } from './ports.ts';
/**
 * Returns a member that the API always returns although the SDK's types make it optional.
 *
 * @throws Error that names the missing member
 */
export function required<T>(value: T | undefined, member: string): T {
  if (value === undefined || value === '') throw new Error(`IVS answered without ${member}`);
  return value;
}

/**
 * Returns the attachments of new channels and rooms.
 *
 * @throws Error when the program was started without attachments, as programs that create no resources are
 */
export function attached(attachments: Attachments | undefined): Attachments {
  if (attachments === undefined)
    throw new Error('the attachments of new channels and rooms are not configured');
  return attachments;
}
