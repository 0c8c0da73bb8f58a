import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import type { StateStore } from '../stateStore.ts';

export interface StoredObject {
  readonly contentType: string;
  readonly bytes: Buffer;
}

/** The objects of the one bucket of local mode, by their keys. */
export interface ObjectStore {
  get(key: string): StoredObject | undefined;
  put(key: string, object: StoredObject): void;
  delete(key: string): void;
}

const OBJECT = 'bucketObject';
const PART = 'bucketPart';
const object = z.object({ key: z.string(), contentType: z.string(), parts: z.array(z.string()) });

/** A value of the state store can have 395,000 bytes, and base64 makes four bytes of three. */
const PART_BYTES = 270_000;

/** The parts of an object are stored before the object, so after a kill an object has all its parts or does not exist. */
export function objectStore(stateStore: StateStore): ObjectStore {
  const stored = new Map(stateStore.read(PART, z.string()).map(({ id, value }) => [id, value]));
  const objects = new Map<string, StoredObject & { readonly parts: readonly string[] }>(
    stateStore.read(OBJECT, object).map(({ value: { key, contentType, parts } }) => {
      const bytes = Buffer.concat(parts.map(id => Buffer.from(stored.get(id) ?? '', 'base64')));
      return [key, { contentType, bytes, parts }] as const;
    }),
  );
  const used = new Set([...objects.values()].flatMap(({ parts }) => parts));
  for (const id of stored.keys()) if (!used.has(id)) stateStore.remove(PART, id);
  stored.clear();
  const remove = (key: string) => {
    for (const id of objects.get(key)?.parts ?? []) stateStore.remove(PART, id);
  };
  return {
    get: key => objects.get(key),
    put: (key, { contentType, bytes }) => {
      const parts: string[] = [];
      for (let from = 0; from < bytes.length; from += PART_BYTES) {
        const id = randomUUID();
        stateStore.put(PART, id, bytes.subarray(from, from + PART_BYTES).toString('base64'));
        parts.push(id);
      }
      stateStore.put(OBJECT, key, { key, contentType, parts });
      remove(key);
      objects.set(key, { contentType, bytes, parts });
    },
    delete: key => {
      if (!objects.has(key)) return;
      stateStore.remove(OBJECT, key);
      remove(key);
      objects.delete(key);
    },
  };
}
