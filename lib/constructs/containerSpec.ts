import {
  type FunctionSpec,
  type IvsResource,
  resourceFunctions,
  type TableGrant,
} from '../../model/functions.ts';
import { type TableName, tableNames } from '../../model/tables.ts';

const ivsKinds: readonly IvsResource[] = ['channel', 'stream-key', 'room', 'stage'];

/** The permissions of the container: the union of the permissions of the functions that it replaces. */
export const containerSpec: FunctionSpec = {
  entry: 'lambdas/api/container/server.ts',
  ...union(Object.values(resourceFunctions)),
};

function union(specs: readonly FunctionSpec[]): Omit<FunctionSpec, 'entry'> {
  const tables: Partial<Record<TableName, TableGrant>> = {};
  for (const name of tableNames) {
    const grants = specs.flatMap(spec => spec.tables[name] ?? []);
    if (grants.length > 0)
      tables[name] = {
        actions: once(grants.flatMap(({ actions }) => actions)),
        indexes: once(grants.flatMap(({ indexes = [] }) => indexes)),
      };
  }
  const ivs: Partial<Record<IvsResource, readonly string[]>> = {};
  for (const kind of ivsKinds) ivs[kind] = once(specs.flatMap(spec => spec.ivs?.[kind] ?? []));
  const images: FunctionSpec['images'] = {
    uploads: once(specs.flatMap(spec => spec.images?.uploads ?? [])),
    images: once(specs.flatMap(spec => spec.images?.images ?? [])),
  };
  return {
    tables,
    ivs,
    images,
    ...(specs.some(({ cursors }) => cursors) ? { cursors: true } : {}),
    ...(specs.some(({ tokens }) => tokens) ? { tokens: true } : {}),
    ...(specs.some(({ addresses }) => addresses) ? { addresses: true } : {}),
    ...(specs.some(({ recordings }) => recordings) ? { recordings: true } : {}),
    ...(specs.some(({ chatEndpoint }) => chatEndpoint) ? { chatEndpoint: true } : {}),
    ...(specs.some(({ mail }) => mail) ? { mail: true } : {}),
    ...(specs.some(({ ingestMetrics }) => ingestMetrics) ? { ingestMetrics: true } : {}),
    ...(specs.some(({ attachments }) => attachments) ? { attachments: true } : {}),
  };
}

function once<T>(values: readonly T[]): T[] {
  return [...new Set(values)];
}
