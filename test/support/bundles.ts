import type { Metafile } from 'esbuild';
import { bundleFile } from '../../lib/bundling/bundle.ts';

type Outputs = Metafile['outputs'];

/** Returns the paths of the files of the bundle of `entry`: those that its import loads, and those it may load later. */
export function bundleFiles(outputs: Outputs, entry: string) {
  const start = Object.keys(outputs).filter(path => path.endsWith(bundleFile(entry)));
  const imported = reachable(outputs, start, kind => kind === 'import-statement');
  const all = reachable(outputs, start, () => true);
  return { imported: [...imported], later: [...all].filter(path => !imported.has(path)) };
}

function reachable(outputs: Outputs, start: readonly string[], isFollowed: (kind: string) => boolean) {
  const found = new Set(start);
  // A Set is iterated in the order of insertion, including what is inserted meanwhile.
  for (const path of found)
    for (const { path: target, kind, external } of outputs[path]?.imports ?? [])
      if (isFollowed(kind) && external !== true) found.add(target);
  return found;
}
