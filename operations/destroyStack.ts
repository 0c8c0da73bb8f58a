import { type ListedResource, resourceKinds } from '../ivs/ports.ts';
import { CommandError } from '../model/variables.ts';
import type { CloudFormation } from './cloudFormation.ts';
import {
  countOf,
  listResources,
  type RemovableResources,
  type RemovalOptions,
  type ResourcesByKind,
  removeResources,
} from './removeResources.ts';

export interface DestroyOptions {
  readonly stack: string;
  /** The IVS resources that have the tags of the stack. */
  readonly resources: RemovableResources;
  /** Undefined for the local stack, which ends with its process. */
  readonly deployment?: Deployment | undefined;
  /** Skips the confirmation and disables the stack's termination protection. */
  readonly force: boolean;
  /** Asks the operator to type the stack's name. Resolves to whether the name was typed. */
  readonly confirm: () => Promise<boolean>;
  readonly say: (line: string) => void;
  readonly signal: AbortSignal;
  readonly intervalMs?: number;
}

/** The CloudFormation stack. */
export interface Deployment {
  readonly cloudFormation: Pick<CloudFormation, 'state' | 'endProtection'>;
  /** Whether the stage's tables are retained when the stack is deleted. */
  readonly retainsData: boolean;
  /** Deletes the stack. Resolves to whether the deletion succeeded. */
  readonly delete: () => Promise<boolean>;
}

export type DestroyResult = 'nothing' | 'destroyed' | 'refused' | 'interrupted' | 'left';

// Users can sign up until the stack is deleted, and a new channel blocks the deletion: IVS does not delete a
// recording configuration that a channel uses. A second round deletes that channel. When three rounds are not
// enough, something other than the stack creates resources with its tags.
const ROUNDS = 3;

/**
 * Deletes the users' channels, rooms and stages at IVS, then the stack, then the IVS resources that were
 * created in the meantime. It deletes only resources that have the stack's tags.
 *
 * It stores no progress. After an interruption, the next run lists the remaining resources and continues.
 *
 * @throws CommandError when the stack is protected and `force` is false
 * @throws when a list of resources cannot be read completely: no resource of a partial list is deleted
 */
export async function destroyStack(options: DestroyOptions): Promise<DestroyResult> {
  const { stack, resources, deployment, say, signal } = options;
  const state = await deployment?.cloudFormation.state(stack);
  const isProtected = state !== undefined && (state.isProtected || deployment?.retainsData === true);
  if (isProtected && !options.force)
    throw new CommandError(`${stack} is protected against deletion: set FORCE=1 to delete it`);

  let found = await listResources(resources);
  if (state === undefined && countOf(found) === 0) return 'nothing';
  describe(options, found, state?.status);
  if (!options.force && !(await options.confirm())) return signal.aborted ? 'interrupted' : 'refused';
  if (state?.isProtected) await deployment?.cloudFormation.endProtection(stack);

  let exists = state !== undefined;
  for (let round = 1; round <= ROUNDS; round++) {
    if (!(await remove(options, found))) return signal.aborted ? 'interrupted' : 'left';
    if (exists) exists = !(await deployment?.delete());
    if (signal.aborted) return 'interrupted';
    found = await listResources(resources);
    if (countOf(found) === 0) {
      if (!exists) return 'destroyed';
      say(`the stack ${stack} could not be deleted: see the stack's events in CloudFormation for the reason`);
      return 'left';
    }
    say(`${countOf(found)} resources were created at IVS in the meantime`);
  }
  return 'left';
}

const SHOWN = 3;

function describe(
  { stack, say, deployment }: DestroyOptions,
  found: ResourcesByKind,
  status: string | undefined,
): void {
  if (deployment === undefined) say(`${stack} has these resources at IVS:`);
  else
    say(
      status === undefined
        ? `The stack ${stack} does not exist. Its remaining resources at IVS:`
        : `The stack ${stack} (${status}) and these resources at IVS will be deleted:`,
    );
  for (const kind of resourceKinds) {
    const names = found[kind].slice(0, SHOWN).map(({ arn }) => arn);
    const more = found[kind].length > SHOWN ? ', ...' : '';
    say(`  ${found[kind].length} ${kind}s${names.length === 0 ? '' : `: ${names.join(', ')}${more}`}`);
  }
}

const PROGRESS_EVERY = 100;

/** Deletes the resources `found`. @returns whether all of them were deleted */
async function remove(options: DestroyOptions, found: ResourcesByKind): Promise<boolean> {
  const { resources, say, signal, intervalMs } = options;
  const [total, failures] = [countOf(found), [] as ListedResource[]];
  let removed = 0;
  const removal: RemovalOptions = {
    removed: () => {
      removed += 1;
      if (removed % PROGRESS_EVERY === 0) say(`  ${removed} of ${total} deleted`);
    },
    failed: (resource, error) => {
      failures.push(resource);
      const reason = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
      say(`  not deleted: ${resource.arn} (${reason})`);
    },
    signal,
    ...(intervalMs === undefined ? {} : { intervalMs }),
  };
  await removeResources(resources, found, removal);
  if (total > 0) say(`${removed} of ${total} channels, rooms and stages deleted`);
  return failures.length === 0 && removed === total;
}
