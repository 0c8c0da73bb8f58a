import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App } from 'aws-cdk-lib';
import { readDeployment } from '../../../lib/config/deployment.ts';
import type { StageSettings } from '../../../lib/config/stageSettings.ts';
import { UgcStack } from '../../../lib/ugcStack.ts';
import { type Assembly, readAssembly } from './assembly.ts';
import { readCdkJson } from './cdkJson.ts';
import { type Findings, findingsIn } from './findings.ts';

export interface Synthesis extends Assembly {
  readonly terminationProtection: boolean | undefined;
  readonly warnings: readonly string[];
  /** Runs cdk-nag and returns its findings. */
  findings(): Findings;
  /** Deletes the output of the synthesis. */
  discard(): void;
}

export interface SynthesisOptions {
  readonly stage?: string;
  /** The account and Region. Without them, the template fits every Region. */
  readonly region?: string;
  /** Other environment variables, for example `COMPUTE`. */
  readonly environment?: Readonly<Record<string, string>>;
  /** Settings that replace those of the stage. */
  readonly settings?: Partial<StageSettings>;
  /** The name of another stack with the same settings in the same app. */
  readonly beside?: string;
  /** Whether to build the functions' code, which takes some seconds. */
  readonly bundle?: boolean;
  /** The existing output folder. Without it, a new temporary folder. */
  readonly folder?: string;
}

const isWarning = ({ level }: { readonly level: string }) => level === 'warning';

/** Synthesizes the stack of a stage with the context of `cdk.json`, for any account. */
export function synthesize(options: SynthesisOptions = {}): Synthesis {
  const { stage = 'dev', region, bundle = false } = options;
  const outdir = options.folder ?? mkdtempSync(join(tmpdir(), 'ugc-synth-'));
  const context = {
    ...readCdkJson().context,
    'aws:cdk:bundling-stacks': bundle ? ['**'] : [],
    'aws:cdk:version-reporting': false,
  };
  // The rules of the template validation take seconds to load. Another test runs them with the CDK CLI.
  const app = new App({ context, outdir, builtinCloudFormationValidation: false });
  const { stackName, settings, ...props } = readDeployment({
    context: key => app.node.tryGetContext(key),
    environment: { ...options.environment, STAGE: stage, CDK_DEFAULT_REGION: region },
  });
  for (const name of [stackName, options.beside ?? []].flat())
    new UgcStack(app, name, { ...props, settings: { ...settings, ...options.settings } });
  const artifact = app.synth().getStackByName(stackName);
  return {
    ...readAssembly(outdir, stackName),
    terminationProtection: artifact.terminationProtection,
    warnings: artifact.messages.filter(isWarning).map(({ entry }) => String(entry.data)),
    findings: () => findingsIn(app),
    discard: () => rmSync(outdir, { recursive: true, force: true }),
  };
}
