import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AssetHashType, DockerImage } from 'aws-cdk-lib';
import { Code } from 'aws-cdk-lib/aws-lambda';
import { functionSpecs } from '../../model/functions.ts';
import { bundleFile } from './bundle.ts';

/**
 * The code of the Lambda that `entry` exports, a path from the project's root. Built while synthesizing, and
 * only for commands that need it (`cdk destroy` does not).
 *
 * CDK's own `NodejsFunction` is not used because it takes no esbuild plugins, and turns to Docker when it finds
 * no esbuild.
 */
export function functionCode(entry: string): Code {
  return Code.fromAsset(process.cwd(), {
    assetHashType: AssetHashType.OUTPUT,
    bundling: {
      image: DockerImage.fromRegistry('never-used'),
      // Never run: CDK takes assets that look the same for one asset, and this is what differs.
      command: [entry],
      local: {
        tryBundle: folder => {
          writeFileSync(join(folder, 'index.mjs'), codeOf(entry));
          return true;
        },
      },
    },
  });
}

let built: ReadonlyMap<string, Buffer> | undefined;

function codeOf(entry: string): Buffer {
  built ??= buildAll();
  const code = built.get(entry);
  if (code === undefined) throw new Error(`${entry} is not the entry of a function of model/functions.ts`);
  return code;
}

/**
 * The code of every function, built at once: they share most of what they import, and starting a compiler for
 * each would take longer than its work.
 */
function buildAll(): ReadonlyMap<string, Buffer> {
  const entries = Object.values(functionSpecs).map(spec => spec.entry);
  const folder = mkdtempSync(join(tmpdir(), 'ugc-bundles-'));
  try {
    // CDK wants the code before `tryBundle` returns, and esbuild runs plugins only asynchronously.
    execFileSync(process.execPath, ['--import', 'tsx', 'lib/bundling/bundleCommand.ts', folder, ...entries], {
      stdio: ['ignore', 'ignore', 'inherit'],
    });
    return new Map(entries.map(entry => [entry, readFileSync(join(folder, bundleFile(entry)))]));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
