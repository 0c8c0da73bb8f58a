import { z } from 'zod';
import { type Compute, readCompute } from './compute.ts';
import { ivsRegions } from './ivsRegions.ts';
import { readOverrides } from './overrides.ts';
import { ConfigError, type DeploymentSource, shown } from './source.ts';
import { parseStageSettings, type StageSettings } from './stageSettings.ts';

/** What is to be deployed, and where. */
export interface Deployment {
  readonly stackName: string;
  readonly settings: StageSettings;
  /** What runs the HTTP API. */
  readonly compute: Compute;
  /** Who is told of alarms. */
  readonly alarmsEmail?: string;
  /** CloudFormation refuses to delete the stack; as the stage retains its data, unless `TERM_PROTECTION` is set. */
  readonly terminationProtection: boolean;
  /** Empty when nothing says where: the template then fits any account and Region. */
  readonly env: { readonly account?: string; readonly region?: string };
}

// https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cfn-using-console-create-stack-parameters.html
const stackName = z.string().regex(/^[A-Za-z][A-Za-z0-9-]{0,127}$/);

/**
 * Chooses the stage (context `stage`, else `STAGE`, else dev) and the stack's name (context `stack`, else
 * `STACK`, else `UGC-<stage>`), reads the stage's settings from the context's `stages`, and what the environment has in
 * place of some of them.
 * @throws ConfigError naming every bad value and what it may be.
 */
export function readDeployment(source: DeploymentSource): Deployment {
  const { context, environment } = source;
  const stages = z.record(z.string(), z.unknown()).safeParse(context('stages'));
  if (!stages.success)
    throw new ConfigError(`stages: must hold the settings of each stage, and is ${shown(context('stages'))}`);
  const stage = context('stage') || environment['STAGE'] || 'dev';
  if (typeof stage !== 'string' || !Object.hasOwn(stages.data, stage))
    throw new ConfigError(
      `stage: must be one of ${Object.keys(stages.data).join(', ')}, and is ${shown(stage)}`,
    );
  const name = stackName.safeParse(context('stack') || environment['STACK'] || `UGC-${stage}`);
  if (!name.success)
    throw new ConfigError(
      'stack: must be a letter and up to 127 letters, digits and hyphens, ' +
        `and is ${shown(context('stack') || environment['STACK'])}`,
    );
  const env = readEnv(environment);
  const settings = parseStageSettings(stages.data[stage], `stages.${stage}`);
  const { allowedOrigins = settings.allowedOrigins, ...overrides } = readOverrides(environment);
  return {
    stackName: name.data,
    settings: { ...settings, allowedOrigins },
    terminationProtection: settings.retainData,
    ...overrides,
    compute: readCompute(source, env.region),
    env,
  };
}

// The CDK CLI sets CDK_DEFAULT_*, from the profile it deploys with.
function readEnv(environment: DeploymentSource['environment']): Deployment['env'] {
  const account = environment['CDK_DEFAULT_ACCOUNT'];
  const region = environment['CDK_DEFAULT_REGION'] || environment['AWS_REGION'];
  if (region && !ivsRegions.includes(region))
    throw new ConfigError(
      `region: must be one that has Amazon IVS, ${ivsRegions.join(', ')}, and is ${shown(region)}`,
    );
  return { ...(account ? { account } : {}), ...(region ? { region } : {}) };
}
