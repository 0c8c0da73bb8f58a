import { z } from 'zod';
import { type Compute, readCompute } from './compute.ts';
import { ivsRegions } from './ivsRegions.ts';
import { readOverrides } from './overrides.ts';
import { ConfigError, type DeploymentSource, shown } from './source.ts';
import { parseStageSettings, type StageSettings } from './stageSettings.ts';
import { readWebDomain, type WebDomain } from './webDomain.ts';

/** A deployment: its settings and its target. */
export interface Deployment {
  readonly stackName: string;
  readonly settings: StageSettings;
  /** The service that runs the HTTP API. */
  readonly compute: Compute;
  /** The email address that receives alarms. */
  readonly alarmsEmail?: string;
  /** The version of the secret that CloudFront sends to the API. Default: the current one. */
  readonly originSecretVersion?: string;
  /** The domain name of CloudFront. Without it, CloudFront chooses one. */
  readonly webDomain?: WebDomain;
  /**
   * Whether CloudFormation refuses to delete the stack. Default: the stage's `retainData`; `TERM_PROTECTION`
   * overrides it.
   */
  readonly terminationProtection: boolean;
  /** Empty when no account or Region is configured. The template then fits any account and Region. */
  readonly env: { readonly account?: string; readonly region?: string };
}

// https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cfn-using-console-create-stack-parameters.html
const stackName = z.string().regex(/^[A-Za-z][A-Za-z0-9-]{0,127}$/);

/**
 * Reads the stage (context `stage`, otherwise `STAGE`, otherwise dev), the stack's name (context `stack`,
 * otherwise `STACK`, otherwise `UGC-<stage>`), the stage's settings from the context value `stages`, and the
 * environment variables that override some of them.
 * @throws ConfigError that names every bad value and the allowed values.
 */
export function readDeployment(source: DeploymentSource): Deployment {
  const { context, environment } = source;
  const stages = z.record(z.string(), z.unknown()).safeParse(context('stages'));
  if (!stages.success)
    throw new ConfigError(
      `stages: must contain the settings of each stage (got ${shown(context('stages'))})`,
    );
  const stage = context('stage') || environment['STAGE'] || 'dev';
  if (typeof stage !== 'string' || !Object.hasOwn(stages.data, stage))
    throw new ConfigError(
      `stage: must be one of ${Object.keys(stages.data).join(', ')} (got ${shown(stage)})`,
    );
  const name = stackName.safeParse(context('stack') || environment['STACK'] || `UGC-${stage}`);
  if (!name.success)
    throw new ConfigError(
      'stack: must be a letter followed by at most 127 letters, digits and hyphens ' +
        `(got ${shown(context('stack') || environment['STACK'])})`,
    );
  const env = readEnv(environment);
  const settings = parseStageSettings(stages.data[stage], `stages.${stage}`);
  const webDomain = readWebDomain(environment);
  const {
    allowedOrigins = settings.allowedOrigins,
    mailFrom = settings.mailFrom,
    ...overrides
  } = readOverrides(environment);
  return {
    stackName: name.data,
    settings: { ...settings, allowedOrigins, ...(mailFrom === undefined ? {} : { mailFrom }) },
    terminationProtection: settings.retainData,
    ...overrides,
    ...(webDomain === undefined ? {} : { webDomain }),
    compute: readCompute(source, env.region),
    env,
  };
}

// The CDK CLI sets CDK_DEFAULT_* from the profile that it deploys with.
function readEnv(environment: DeploymentSource['environment']): Deployment['env'] {
  const account = environment['CDK_DEFAULT_ACCOUNT'];
  const region = environment['CDK_DEFAULT_REGION'] || environment['AWS_REGION'];
  if (region && !ivsRegions.includes(region))
    throw new ConfigError(
      `region: must be a Region with Amazon IVS: ${ivsRegions.join(', ')} (got ${shown(region)})`,
    );
  return { ...(account ? { account } : {}), ...(region ? { region } : {}) };
}
