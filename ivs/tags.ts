import { parseIvsArn } from '../model/arn.ts';
import { STACK_TAG } from '../model/functionEnvironment.ts';
import { type Timestamp, timestamp } from '../model/time.ts';
import type { ListedResource, Owner, ResourceKind } from './ports.ts';

/** The source of the tags that mark a resource as this stack's and name its owner, in case no row does. */
export interface Tagging {
  readonly stackName: string;
  readonly clock: () => Date;
}

/** Returns the tags of a resource that is about to be created. */
export function tagsOf({ stackName, clock }: Tagging, { userId }: Owner) {
  return { [STACK_TAG]: stackName, user: userId, createdAt: clock().toISOString() };
}

/**
 * Reads a listed resource's tags.
 *
 * @returns undefined when the resource belongs to another stack or lacks these tags.
 */
export function readTags(
  { stackName }: Tagging,
  kind: ResourceKind,
  {
    arn,
    tags = {},
  }: { readonly arn?: string | undefined; readonly tags?: Record<string, string> | undefined },
): ListedResource | undefined {
  const { [STACK_TAG]: stack, user: userId } = tags;
  const createdAt: Timestamp | undefined = timestamp.safeParse(tags['createdAt']).data;
  if (arn === undefined || parseIvsArn(arn, kind) === undefined) return undefined;
  if (stack !== stackName || userId === undefined || createdAt === undefined) return undefined;
  return { kind, arn, userId, createdAt };
}
