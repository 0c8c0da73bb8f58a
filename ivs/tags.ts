import { parseIvsArn } from '../model/arn.ts';
import { STACK_TAG } from '../model/functionEnvironment.ts';
import { type Timestamp, timestamp } from '../model/time.ts';
import type { ListedResource, Owner, ResourceKind } from './ports.ts';

/** What marks a resource as this stack's, and tells whose it is should no row know it. */
export interface Tagging {
  readonly stackName: string;
  readonly clock: () => Date;
}

/** The tags of a resource that is about to be made. */
export function tagsOf({ stackName, clock }: Tagging, { userId }: Owner) {
  return { [STACK_TAG]: stackName, user: userId, createdAt: clock().toISOString() };
}

/** Reads a listed resource's tags; one that is not this stack's, or not tagged as above, is undefined. */
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
