import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AssetHashType, DockerImage } from 'aws-cdk-lib';
import { Code } from 'aws-cdk-lib/aws-lambda';
import { functionSpecs } from '../../model/functions.ts';
import { bundleFolder } from './bundle.ts';

/**
 * Returns the code of the Lambda function that `entry` exports. It is built during synthesis, and only for
 * commands that need it (`cdk destroy` does not).
 *
 * CDK's own `NodejsFunction` is not used because it accepts no esbuild plugins, and requires Docker when it
 * does not find esbuild.
 *
 * @param entry A path from the project's root.
 */
export function functionCode(entry: string): Code {
  return Code.fromAsset(process.cwd(), {
    assetHashType: AssetHashType.OUTPUT,
    bundling: {
      image: DockerImage.fromRegistry('never-used'),
      // Never executed. It makes the assets distinct, because CDK treats assets with equal options as one.
      command: [entry],
      local: {
        tryBundle: folder => {
          for (const [name, code] of filesOf(entry)) writeFileSync(join(folder, name), code);
          return true;
        },
      },
    },
  });
}

/** The files of a bundle, by their names. */
type Files = ReadonlyMap<string, Buffer>;

let built: ReadonlyMap<string, Files> | undefined;

function filesOf(entry: string): Files {
  built ??= buildAll();
  const files = built.get(entry);
  if (files === undefined) throw new Error(`${entry} is not the entry of a function in model/functions.ts`);
  return files;
}

/** Builds the code of every function in one process, because starting one for each would take longer. */
function buildAll(): ReadonlyMap<string, Files> {
  const entries = Object.values(functionSpecs).map(spec => spec.entry);
  const folder = mkdtempSync(join(tmpdir(), 'ugc-bundles-'));
  try {
    // CDK needs the code before `tryBundle` returns, but esbuild runs plugins only asynchronously. A child
    // process makes the build synchronous.
    const command = ['--import', 'tsx', 'lib/bundling/bundleCommand.ts', 'lambda', folder, ...entries];
    execFileSync(process.execPath, command, { stdio: ['ignore', 'ignore', 'inherit'] });
    return new Map(entries.map(entry => [entry, filesIn(join(folder, bundleFolder(entry)))]));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const filesIn = (folder: string): Files =>
  new Map(readdirSync(folder).map(name => [name, readFileSync(join(folder, name))]));
