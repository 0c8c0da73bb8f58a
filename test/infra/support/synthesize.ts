import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App } from 'aws-cdk-lib';
import { z } from 'zod';
import { readDeployment } from '../../../lib/config/deployment.ts';
import { UgcStack } from '../../../lib/ugcStack.ts';
import { type CfnTemplate, parseTemplate } from './template.ts';

const cdkJson = z.object({ app: z.string(), context: z.record(z.string(), z.unknown()) });

/** `cdk.json`: what the CDK CLI runs, and the context it hands over. */
export const readCdkJson = () => cdkJson.parse(JSON.parse(readFileSync('cdk.json', 'utf8')));

const assetManifest = z.object({
  files: z.record(z.string(), z.object({ source: z.object({ path: z.string() }) })),
});

export interface Synthesis {
  readonly template: CfnTemplate;
  readonly terminationProtection: boolean | undefined;
  /** Where an asset was built, by the name of its file in the assets' bucket without `.zip`. */
  assetFolder(hash: string): string;
  /** Removes what the synthesis wrote. */
  discard(): void;
}

export interface SynthesisOptions {
  readonly stage?: string;
  /** Where it is to be deployed. Without it the template fits every Region. */
  readonly region?: string;
  /** Whether the functions' code is built, which takes some seconds. */
  readonly bundle?: boolean;
}

/** Synthesizes the stack of a stage with the context of `cdk.json`, for any account. */
export function synthesize({ stage = 'dev', region, bundle = false }: SynthesisOptions = {}): Synthesis {
  const outdir = mkdtempSync(join(tmpdir(), 'ugc-synth-'));
  const context = {
    ...readCdkJson().context,
    'aws:cdk:bundling-stacks': bundle ? ['**'] : [],
    'aws:cdk:version-reporting': false,
  };
  // The rules of the template validation take seconds to load. A test of the CLI sees them at work.
  const app = new App({ context, outdir, builtinCloudFormationValidation: false });
  const { stackName, ...props } = readDeployment({
    context: key => app.node.tryGetContext(key),
    environment: { STAGE: stage, CDK_DEFAULT_REGION: region },
  });
  new UgcStack(app, stackName, props);
  const artifact = app.synth().getStackByName(stackName);
  const read = (file: string): unknown => JSON.parse(readFileSync(join(outdir, file), 'utf8'));
  const assets = assetManifest.parse(read(`${stackName}.assets.json`));
  return {
    template: parseTemplate(read(artifact.templateFile)),
    terminationProtection: artifact.terminationProtection,
    assetFolder: hash => {
      const file = assets.files[hash];
      if (file === undefined) throw new Error(`no asset ${hash}`);
      return join(outdir, file.source.path);
    },
    discard: () => rmSync(outdir, { recursive: true, force: true }),
  };
}
