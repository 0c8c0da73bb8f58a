/** A key: the attribute that chooses the partition and, if rows share one, the attribute that orders them. */
export interface KeySpec {
  readonly hash: string;
  readonly range?: string;
}

export interface IndexSpec {
  readonly name: string;
  /** `local` indexes can be read consistently; `global` ones lag behind the table and may be sparse. */
  readonly kind: 'local' | 'global';
  readonly key: KeySpec;
  /** What a query gets back: every attribute, the keys alone, or the keys and these. */
  readonly projects: 'all' | 'keys' | readonly string[];
  /** The access pattern that needs this index. */
  readonly serves: string;
}

/** One DynamoDB table as plain data: the CDK table, the local table and the tests' table are made from it. */
export interface TableSpec {
  readonly name: string;
  readonly key: KeySpec;
  /** Key attributes that are numbers; every other key attribute is a string. */
  readonly numeric?: readonly string[];
  readonly indexes: readonly IndexSpec[];
  /** The attribute holding a row's expiry as Unix time in seconds. */
  readonly ttl?: string;
  readonly serves: string;
}

/** The names of every attribute that is part of a key of the table or of one of its indexes. */
export function keyAttributes(spec: TableSpec): string[] {
  const keys = [spec.key, ...spec.indexes.map(index => index.key)];
  return [...new Set(keys.flatMap(key => [key.hash, ...(key.range === undefined ? [] : [key.range])]))];
}
