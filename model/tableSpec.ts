/** A key: the partition key's attribute and, if rows share a partition, the sort key's attribute. */
export interface KeySpec {
  readonly hash: string;
  readonly range?: string;
}

export interface IndexSpec {
  readonly name: string;
  /** `local` indexes support consistent reads. `global` indexes lag behind the table and may be sparse. */
  readonly kind: 'local' | 'global';
  readonly key: KeySpec;
  /** The attributes that a query returns: all, only the keys, or the keys and these. */
  readonly projects: 'all' | 'keys' | readonly string[];
  /** The access pattern that needs this index. */
  readonly serves: string;
}

/**
 * One DynamoDB table as plain data. The CDK table, the local table and the tests' table are created from it.
 */
export interface TableSpec {
  readonly name: string;
  readonly key: KeySpec;
  /** Key attributes of type number. All other key attributes are strings. */
  readonly numeric?: readonly string[];
  readonly indexes: readonly IndexSpec[];
  /** The attribute that holds a row's expiry as Unix time in seconds. */
  readonly ttl?: string;
  /** The table has a stream of its changes, with each row before and after the change. */
  readonly stream?: true;
  readonly serves: string;
}

/** Returns the names of all attributes that are part of a key of the table or of its indexes. */
export function keyAttributes(spec: TableSpec): string[] {
  const keys = [spec.key, ...spec.indexes.map(index => index.key)];
  return [...new Set(keys.flatMap(key => [key.hash, ...(key.range === undefined ? [] : [key.range])]))];
}
