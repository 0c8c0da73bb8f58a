import type { Attachments } from './ports.ts';

/** @throws Error when the program was put together without them, as one that makes nothing may be. */
export function attached(attachments: Attachments | undefined): Attachments {
  if (attachments === undefined) throw new Error('what is attached to new channels and rooms was not given');
  return attachments;
}
