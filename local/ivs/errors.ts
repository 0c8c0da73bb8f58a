/** The errors of the simulator with their HTTP statuses (API models of the three services, 2020-07-14). */
const statuses = {
  ValidationException: 400,
  ServiceQuotaExceededException: 402,
  ResourceNotFoundException: 404,
  ChannelNotBroadcasting: 404,
  ConflictException: 409,
  ThrottlingException: 429,
  InternalServerException: 500,
  ServiceUnavailable: 503,
} as const;

export type IvsErrorType = keyof typeof statuses;

/** The details in errors of IVS Chat, all about rooms. Errors of IVS and Real-Time have no details. */
export interface IvsErrorDetails {
  readonly resourceId?: string;
  readonly resourceType?: 'ROOM';
  readonly limit?: number;
  readonly reason?: 'FIELD_VALIDATION_FAILED';
  readonly fieldList?: readonly { readonly name: string; readonly message: string }[];
}

/** An error of the simulated control planes. */
export class IvsError extends Error {
  override readonly name = 'IvsError';
  readonly status: number;

  constructor(
    readonly type: IvsErrorType,
    message: string,
    readonly details: IvsErrorDetails = {},
  ) {
    super(message);
    this.status = statuses[type];
  }
}
