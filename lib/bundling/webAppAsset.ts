import { execFileSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { AssetHashType, DockerImage } from 'aws-cdk-lib';
import { Asset } from 'aws-cdk-lib/aws-s3-assets';
import type { Construct } from 'constructs';

const vite = join(dirname(createRequire(import.meta.url).resolve('vite/package.json')), 'bin/vite.js');

/**
 * Returns the built web app. Like the code of the functions, it is built during synthesis, and only for commands that
 * need it. So a deployment always contains the app as its sources are.
 */
export function webAppAsset(scope: Construct, id: string): Asset {
  return new Asset(scope, id, {
    path: join(process.cwd(), 'web'),
    assetHashType: AssetHashType.OUTPUT,
    bundling: {
      image: DockerImage.fromRegistry('never-used'),
      local: {
        tryBundle: folder => {
          const options = ['--logLevel', 'warn', '--emptyOutDir', '--outDir', folder];
          execFileSync(process.execPath, [vite, 'build', 'web', ...options], {
            stdio: ['ignore', 'ignore', 'inherit'],
            // Another value would make a build for development.
            env: { ...process.env, NODE_ENV: 'production' },
          });
          return true;
        },
      },
    },
  });
}
