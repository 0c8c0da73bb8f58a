/** IVS refused calls as too many for as long as there was time: nothing was done, and a later try may succeed. */
export class IvsBusyError extends Error {
  override readonly name = 'IvsBusyError';
}

/** The account has as many of these as IVS allows it: more need a person, who asks AWS for a higher quota. */
export class IvsQuotaError extends Error {
  override readonly name = 'IvsQuotaError';
}

/** IVS refuses to change or delete what is in use: a channel that is live, a stage that is being changed. */
export class IvsInUseError extends Error {
  override readonly name = 'IvsInUseError';
}

/** There is no such resource at IVS. */
export class IvsNotFoundError extends Error {
  override readonly name = 'IvsNotFoundError';
}
