/** An environment variable with an invalid value. `message` is one line with its name. */
export class SettingError extends Error {
  override readonly name = 'SettingError';
}

/**
 * Reads a whole number from `environment`.
 * @throws SettingError
 */
export function readWhole(
  environment: NodeJS.ProcessEnv,
  name: string,
  fallback: number,
  [least, most]: readonly [number, number],
): number {
  const text = environment[name];
  if (text === undefined || text === '') return fallback;
  const value = /^\d{1,10}$/.test(text) ? Number(text) : Number.NaN;
  if (value >= least && value <= most) return value;
  throw new SettingError(
    `${name} must be a whole number from ${least} to ${most} (got ${JSON.stringify(text)})`,
  );
}
