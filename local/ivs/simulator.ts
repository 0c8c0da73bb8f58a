import type { Envelope } from '../eventBus/envelope.ts';
import { channelOperations } from './channelOperations.ts';
import { IvsError } from './errors.ts';
import { type FaultPlan, faultPlan, refusal } from './faults.ts';
import { learn } from './learn.ts';
import type { IvsContext, IvsOperation } from './operation.ts';
import { pageNumber } from './pages.ts';
import { type Quota, tokenBuckets } from './quotas.ts';
import { emptyState, type IvsSnapshot, type IvsState, restoreState, takeSnapshot } from './state.ts';
import { streamOperations } from './streamOperations.ts';
import { streamSessionOperations } from './streamSessionOperations.ts';

/** The low-latency control plane: one file for each family of operations. */
const operations: Readonly<Record<string, IvsOperation>> = {
  ...channelOperations,
  ...streamOperations,
  ...streamSessionOperations,
};

export interface IvsSimulatorOptions {
  /** Takes the EventBridge envelopes that IVS sends of its own accord. */
  readonly emit: (envelope: Envelope) => void;
  readonly now?: () => Date;
  readonly quota?: Quota;
  /** Where an earlier simulator left off. */
  readonly snapshot?: IvsSnapshot | undefined;
}

/** An answer of the control plane; `lost` was worked on and never sent. */
export type IvsAnswer =
  | { readonly kind: 'done'; readonly body: object }
  | { readonly kind: 'refused'; readonly error: IvsError }
  | { readonly kind: 'lost' };

/** A control plane of Amazon IVS that keeps its state in this process. */
export interface IvsSimulator {
  /** Whether there is an operation of that name. */
  knows(operation: string): boolean;
  call(operation: string, input: unknown): IvsAnswer;
  /** Takes an event as evidence of what IVS did. */
  learn(envelope: unknown): void;
  readonly faults: FaultPlan;
  /** How often each operation was called, refused calls included. */
  calls(): Readonly<Record<string, number>>;
  snapshot(): IvsSnapshot;
}

export function ivsSimulator(options: IvsSimulatorOptions): IvsSimulator {
  const state: IvsState = options.snapshot === undefined ? emptyState() : restoreState(options.snapshot);
  const context: IvsContext = { state, now: options.now ?? (() => new Date()), emit: options.emit };
  const withinQuota = options.quota ?? tokenBuckets(() => performance.now());
  const faults = faultPlan();
  const calls = new Map<string, number>();

  const run = (name: string, input: unknown): IvsAnswer => {
    const operation = operations[name];
    if (operation === undefined) throw new Error(`IVS has no operation ${name} here`);
    calls.set(name, (calls.get(name) ?? 0) + 1);
    if (!withinQuota(name)) throw refusal('throttled');
    const failure = faults.take(name, pageNumber(input));
    if (failure !== undefined && failure !== 'lostAnswer') throw refusal(failure);
    const body = operation(context, input);
    return failure === 'lostAnswer' ? { kind: 'lost' } : { kind: 'done', body };
  };

  return {
    knows: name => Object.hasOwn(operations, name),
    call: (name, input) => {
      try {
        return run(name, input);
      } catch (error) {
        if (!(error instanceof IvsError)) throw error;
        return { kind: 'refused', error };
      }
    },
    learn: envelope => learn(state, envelope),
    faults,
    calls: () => Object.fromEntries(calls),
    snapshot: () => takeSnapshot(state),
  };
}
