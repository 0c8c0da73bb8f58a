/** The parts of an IVS ARN that this project reads. */
export interface IvsArn {
  readonly arn: string;
  readonly region: string;
  readonly account: string;
  /** The last part of the ARN. It is the key of the resource's row. */
  readonly id: string;
}

const pattern = /^arn:aws[a-z-]*:(ivs|ivschat):([a-z0-9-]+):(\d{12}):([a-z-]+)\/([A-Za-z0-9_-]+)$/;

/**
 * Parses the ARN of an IVS channel, stage or chat room.
 *
 * @returns undefined when `text` is not the ARN of a `resource`.
 */
export function parseIvsArn(text: string, resource: 'channel' | 'stage' | 'room'): IvsArn | undefined {
  const [, service, region, account, type, id] = pattern.exec(text) ?? [];
  if (region === undefined || account === undefined || id === undefined || type !== resource)
    return undefined;
  if (service !== (resource === 'room' ? 'ivschat' : 'ivs')) return undefined;
  return { arn: text, region, account, id };
}
