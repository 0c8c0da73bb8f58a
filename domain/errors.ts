/** What can be asked for and not be there. */
export type Named = 'channel' | 'stream';

/** What was named does not exist, for this caller. */
export class NotFoundError extends Error {
  override readonly name = 'NotFoundError';
  readonly what: Named;

  constructor(what: Named) {
    super(`there is no such ${what}`);
    this.what = what;
  }
}

/** A cursor that this service did not make for this list: forged, cut short, of another list, or outdated. */
export class InvalidCursorError extends Error {
  override readonly name = 'InvalidCursorError';
}
