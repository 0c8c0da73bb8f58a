/** What was asked for cannot be done: `message` is one line that names the variable, the file or the place in it. */
export class SeedInputError extends Error {
  override readonly name = 'SeedInputError';
}
