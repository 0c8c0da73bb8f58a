/** The errors that the simulator answers with, and the HTTP status of each (API model of IVS, 2020-07-14). */
const statuses = {
  ValidationException: 400,
  ResourceNotFoundException: 404,
  ChannelNotBroadcasting: 404,
  ThrottlingException: 429,
  InternalServerException: 500,
  ServiceUnavailable: 503,
} as const;

export type IvsErrorType = keyof typeof statuses;

/** A refusal of the simulated control plane. */
export class IvsError extends Error {
  override readonly name = 'IvsError';
  readonly status: number;

  constructor(
    readonly type: IvsErrorType,
    message: string,
  ) {
    super(message);
    this.status = statuses[type];
  }
}
