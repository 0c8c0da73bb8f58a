import { execFileSync } from 'node:child_process';
import { AssetHashType, DockerImage } from 'aws-cdk-lib';
import { Code } from 'aws-cdk-lib/aws-lambda';

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
          // CDK wants the code before this returns, and esbuild runs plugins only asynchronously.
          execFileSync(
            process.execPath,
            ['--import', 'tsx', 'lib/bundling/bundleCommand.ts', entry, folder],
            {
              stdio: ['ignore', 'ignore', 'inherit'],
            },
          );
          return true;
        },
      },
    },
  });
}
