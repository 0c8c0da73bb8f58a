import type { KnipConfig } from 'knip';
import { functionSpecs } from './model/functions.ts';

// Files that start something themselves: a command, a process or a bundle. Jest's and the Makefile's are found by knip.
export default {
  entry: [
    ...Object.values(functionSpecs).map(({ entry }) => entry),
    'bin/app.ts',
    'bench/*.ts',
    'bench/soak/soak.ts',
    'bench/support/{routesServer,runAll,seedingRun}.ts',
    'client/{generate,index,lintDocument}.ts',
    'lambdas/api/container/server.ts',
    'lib/bundling/bundleCommand.ts',
    'local/{main,broadcast,seedLocal}.ts',
    'operations/run.ts',
    'web/{main.tsx,vite.config.ts,public/theme.js}',
    'test/browser/screenshots.ts',
    'test/e2e/writeCommands.ts',
    'test/faults/{testFaults,testProof,victim}.ts',
    'test/infra/fixtures/*.ts',
    'test/infra/support/{writeAssembly,writeTemplates}.ts',
    'test/infra/support/lambdaHost.mjs',
  ],
  project: ['**/*.{ts,tsx,mts,mjs,cjs,js}', '!web/dist/**'],
  // Knip does not see what the code reads as files, what is an argument of node, and what the Makefile runs.
  ignoreDependencies: [
    ...['curse-filter', 'glin-profanity', 'swagger-ui-dist'],
    ...['open-props'],
    ...['@biomejs/biome', 'cspell', 'remark-cli'],
    ...['@oazapfts/runtime', 'oazapfts', 'openapi-typescript-codegen'],
  ],
  ignoreBinaries: ['openssl', 'make'],
  // A type that an exported function takes or returns is exported with it.
  ignoreExportsUsedInFile: { interface: true, type: true },
} satisfies KnipConfig;
