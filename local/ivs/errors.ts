/**
 * The errors that the simulator answers with, and the HTTP status of each (API models of IVS, IVS Chat and IVS
 * Real-Time, 2020-07-14).
 */
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

/** What IVS Chat, which has rooms only, tells of an error besides its text. IVS and Real-Time tell the text only. */
export interface IvsErrorDetails {
  readonly resourceId?: string;
  readonly resourceType?: 'ROOM';
  readonly limit?: number;
  readonly reason?: 'FIELD_VALIDATION_FAILED';
  readonly fieldList?: readonly { readonly name: string; readonly message: string }[];
}

/** A refusal of the simulated control planes. */
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
