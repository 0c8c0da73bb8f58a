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
  /** Of the stack, by its tags. */
  readonly resources: RemovableResources;
  /** Undefined where there is no stack to delete: the local one ends with its process. */
  readonly deployment?: Deployment | undefined;
  /** Ask nobody, and end the stack's protection. */
  readonly force: boolean;
  /** Asks the person at the terminal to type the stack's name. */
  readonly confirm: () => Promise<boolean>;
  readonly say: (line: string) => void;
  readonly signal: AbortSignal;
  readonly intervalMs?: number;
}

/** The stack itself. */
export interface Deployment {
  readonly cloudFormation: Pick<CloudFormation, 'state' | 'endProtection'>;
  /** Whether the stage says that its data outlives the stack. */
  readonly retainsData: boolean;
  /** Deletes the stack, and says whether it is gone. */
  readonly delete: () => Promise<boolean>;
}

export type DestroyResult = 'nothing' | 'destroyed' | 'refused' | 'interrupted' | 'left';

// Somebody may sign up until the stack is gone, and what they are given keeps the stack from going: IVS does not let
// go of a recording configuration that a channel uses. One more round takes that away; who needs a third has a stranger
// at work who makes resources with these tags.
const ROUNDS = 3;

/**
 * Removes a stack and what was made at IVS while it ran: first the users' channels, rooms and stages, then the stack,
 * then what was made between the two. Only what has the stack's tags is touched.
 *
 * It keeps no record: run again after an interruption, it lists what is left and goes on with that.
 *
 * @throws when a list cannot be read to its end: nothing is removed then that a whole list did not name
 */
export async function destroyStack(options: DestroyOptions): Promise<DestroyResult> {
  const { stack, resources, deployment, say, signal } = options;
  const state = await deployment?.cloudFormation.state(stack);
  const isProtected = state !== undefined && (state.isProtected || deployment?.retainsData === true);
  if (isProtected && !options.force)
    throw new CommandError(`${stack} is protected against deletion: set FORCE=1 to destroy it nevertheless`);

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
      say(`the stack ${stack} could not be deleted: its events in CloudFormation say why`);
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
  if (deployment === undefined) say(`${stack} has at IVS:`);
  else
    say(
      status === undefined
        ? `The stack ${stack} does not exist. Left at IVS:`
        : `${stack} (${status}) and at IVS:`,
    );
  for (const kind of resourceKinds) {
    const names = found[kind].slice(0, SHOWN).map(({ arn }) => arn);
    const more = found[kind].length > SHOWN ? ', ...' : '';
    say(`  ${found[kind].length} ${kind}s${names.length === 0 ? '' : `: ${names.join(', ')}${more}`}`);
  }
}

const PROGRESS_EVERY = 100;

/** Whether all of `found` is gone. */
async function remove(options: DestroyOptions, found: ResourcesByKind): Promise<boolean> {
  const { resources, say, signal, intervalMs } = options;
  const [total, failures] = [countOf(found), [] as ListedResource[]];
  let removed = 0;
  const removal: RemovalOptions = {
    removed: () => {
      removed += 1;
      if (removed % PROGRESS_EVERY === 0) say(`  ${removed} of ${total} removed`);
    },
    failed: (resource, error) => {
      failures.push(resource);
      const reason = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
      say(`  not removed: ${resource.arn} (${reason})`);
    },
    signal,
    ...(intervalMs === undefined ? {} : { intervalMs }),
  };
  await removeResources(resources, found, removal);
  if (total > 0) say(`${removed} of ${total} channels, rooms and stages removed`);
  return failures.length === 0 && removed === total;
}
