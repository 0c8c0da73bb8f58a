/**
 * A member that the API always answers with, though the SDK's types leave room for none.
 * @throws Error that names it
 */
export function required<T>(value: T | undefined, member: string): T {
  if (value === undefined || value === '') throw new Error(`IVS answered without ${member}`);
  return value;
}
