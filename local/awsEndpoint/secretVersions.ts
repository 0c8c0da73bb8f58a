import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import type { StateStore } from '../stateStore.ts';

/** A secret with its first version, which is the current one. */
export interface LocalSecret {
  readonly name: string;
  readonly arn: string;
  readonly value: string;
  readonly createdAt: Date;
}

export interface SecretVersion {
  readonly id: string;
  readonly value: string;
  readonly createdAt: Date;
  /** Staging labels. Each label is on at most one version of the secret. */
  readonly stages: readonly string[];
}

/** An error of Secrets Manager. `type` is its name in the API. */
export class SecretError extends Error {
  override readonly name = 'SecretError';

  constructor(
    readonly type:
      | 'InvalidParameterException'
      | 'InvalidRequestException'
      | 'ResourceExistsException'
      | 'ResourceNotFoundException',
    message: string,
  ) {
    super(message);
  }
}

const CURRENT = 'AWSCURRENT';
const PREVIOUS = 'AWSPREVIOUS';

const storedVersion = z.object({
  name: z.string(),
  id: z.string(),
  value: z.string(),
  createdAt: z.coerce.date(),
});
const storedLabels = z.object({ name: z.string(), holders: z.record(z.string(), z.string()) });

/**
 * A secret with its versions and their staging labels, which move as in Secrets Manager. When the state store
 * has versions of the secret, they replace the given first version.
 */
export function secretVersions(
  { name, value, createdAt }: LocalSecret,
  now: () => Date,
  stateStore: StateStore,
) {
  const isOfSecret = (row: { readonly value: { readonly name: string } }) => row.value.name === name;
  const versions = new Map(
    stateStore
      .read('secretVersion', storedVersion)
      .filter(isOfSecret)
      .map(({ value: version }) => [version.id, { value: version.value, createdAt: version.createdAt }]),
  );
  const holders = new Map(
    stateStore
      .read('secretLabels', storedLabels)
      .filter(isOfSecret)
      .flatMap(row => Object.entries(row.value.holders)),
  );
  const addVersion = (id: string, version: { value: string; createdAt: Date }) => {
    stateStore.put('secretVersion', `${name} ${id}`, { name, id, ...version });
    versions.set(id, version);
  };
  const keepLabels = () =>
    stateStore.put('secretLabels', name, { name, holders: Object.fromEntries(holders) });

  const describe = (id: string): SecretVersion => {
    const version = versions.get(id);
    if (version === undefined) {
      const text = `Secrets Manager can't find the specified secret value for VersionId: ${id}`;
      throw new SecretError('ResourceNotFoundException', text);
    }
    return {
      id,
      ...version,
      stages: [...holders].flatMap(([stage, holder]) => (holder === id ? stage : [])),
    };
  };

  const move = (stage: string, id: string) => {
    const holder = holders.get(stage);
    // The previous version stays readable while it may be in use.
    if (stage === CURRENT && holder !== undefined && holder !== id) holders.set(PREVIOUS, holder);
    holders.set(stage, id);
    keepLabels();
  };

  if (versions.size === 0) {
    const firstId = randomUUID();
    addVersion(firstId, { value, createdAt });
    move(CURRENT, firstId);
  }

  return {
    /** The versions that have a label. Secrets Manager does not list the others. */
    labelled: (): SecretVersion[] => [...new Set(holders.values())].map(describe),

    get: (versionId: string | undefined, stage: string | undefined): SecretVersion => {
      const wanted = stage ?? (versionId === undefined ? CURRENT : undefined);
      const holder = wanted === undefined ? undefined : holders.get(wanted);
      if (wanted !== undefined && holder === undefined) {
        const text = `Secrets Manager can't find the specified secret value for staging label: ${wanted}`;
        throw new SecretError('ResourceNotFoundException', text);
      }
      if (versionId !== undefined && holder !== undefined && holder !== versionId) {
        const text = `You provided a VersionStage that is not associated to the provided VersionId.`;
        throw new SecretError('InvalidRequestException', text);
      }
      return describe(versionId ?? holder ?? '');
    },

    /** Adds a version; the same id with the same value again changes nothing. */
    put: (id: string, text: string, stages: readonly string[] = [CURRENT]): SecretVersion => {
      const existing = versions.get(id);
      if (existing !== undefined && existing.value !== text) {
        throw new SecretError(
          'ResourceExistsException',
          `A version ${id} with another value exists already.`,
        );
      }
      if (existing === undefined) {
        addVersion(id, { value: text, createdAt: now() });
        for (const stage of stages) move(stage, id);
      }
      return describe(id);
    },

    /** Adds a label to a version, removes it from one, or both. */
    moveStage: (stage: string, to: string | undefined, from: string | undefined): void => {
      const holder = holders.get(stage);
      if (from !== undefined && holder !== from) {
        const text = `The staging label ${stage} is not attached to version ${from}.`;
        throw new SecretError('InvalidParameterException', text);
      }
      if (to === undefined) {
        if (from !== undefined) holders.delete(stage);
        keepLabels();
        return;
      }
      describe(to);
      if (holder !== undefined && holder !== to && from === undefined) {
        const text = `The parameter RemoveFromVersionId can't be empty: ${stage} is attached to version ${holder}.`;
        throw new SecretError('InvalidParameterException', text);
      }
      move(stage, to);
    },
  };
}
