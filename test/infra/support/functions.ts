import { z } from 'zod';
import { resolve, resolveString } from './resolve.ts';
import { type CfnResource, type CfnTemplate, resourcesOf } from './template.ts';

const oneOrMore = z.union([z.string().transform(one => [one]), z.array(z.string())]);

const statement = z.strictObject({
  Effect: z.enum(['Allow', 'Deny']),
  Action: oneOrMore,
  Resource: oneOrMore,
  Condition: z.record(z.string(), z.record(z.string(), z.string())).optional(),
});
export type Statement = z.infer<typeof statement>;

const policy = z.object({
  PolicyDocument: z.object({ Version: z.literal('2012-10-17'), Statement: z.array(statement) }),
  Roles: z.array(z.string()),
});

const lambda = z.object({
  Code: z.object({ S3Key: z.string() }),
  Environment: z.object({ Variables: z.record(z.string(), z.string()) }),
  LoggingConfig: z.object({ ApplicationLogLevel: z.string(), LogFormat: z.string(), LogGroup: z.string() }),
  Architectures: z.array(z.string()),
  Handler: z.string(),
  Runtime: z.string(),
  MemorySize: z.number(),
  Timeout: z.number(),
});

/** A Lambda function of the template with every reference resolved, and the statements of its role. */
export interface DeployedFunction extends z.infer<typeof lambda> {
  readonly logicalId: string;
  /** `POWERTOOLS_SERVICE_NAME`, for example `channels`. */
  readonly service: string;
  readonly statements: readonly Statement[];
}

/** The function that CDK adds to invoke one of this project's functions as a custom resource of a deployment. */
export const providerOf = (template: CfnTemplate): CfnResource => {
  const [provider, ...others] = resourcesOf(template, 'AWS::Lambda::Function').filter(isProvider);
  if (provider === undefined || others.length > 0)
    throw new Error('the template must have exactly one provider function');
  return provider;
};

/** The function that CDK adds to empty buckets when a stage without data retention is deleted, and its role. */
export const BUCKET_EMPTYING = 'CustomS3AutoDeleteObjectsCustomResourceProvider';

/** The function that CDK adds to upload the files of the web app. */
export const UPLOADER = 'CustomCDKBucketDeployment';

const isProvider = ({ Properties }: CfnResource) => Properties['Handler'] === 'framework.onEvent';
const isCdks = (found: CfnResource) =>
  isProvider(found) || [BUCKET_EMPTYING, UPLOADER].some(id => found.logicalId.startsWith(id));

/** Every function of the template whose code belongs to this project. */
export function functionsOf(template: CfnTemplate): DeployedFunction[] {
  const policies = resourcesOf(template, 'AWS::IAM::Policy').map(found =>
    policy.parse(resolve(template, found.Properties)),
  );
  const ours = resourcesOf(template, 'AWS::Lambda::Function').filter(found => !isCdks(found));
  return ours.map(({ logicalId, Properties }) => {
    // Only CloudFormation can resolve the name of the bucket, and no test needs it.
    const { Code, ...rest } = Properties;
    const key = z.object({ S3Key: z.unknown() }).parse(Code).S3Key;
    const properties = lambda.parse({
      ...z.record(z.string(), z.unknown()).parse(resolve(template, rest)),
      Code: { S3Key: resolveString(template, key) },
    });
    const role = resolveString(template, Properties['Role']).split('/').at(-1);
    const service = properties.Environment.Variables['POWERTOOLS_SERVICE_NAME'];
    if (role === undefined || service === undefined) throw new Error(`${logicalId} has no role or service`);
    const attached = policies.filter(({ Roles }) => Roles.includes(role));
    return {
      logicalId,
      service,
      ...properties,
      statements: attached.flatMap(({ PolicyDocument }) => PolicyDocument.Statement),
    };
  });
}

/** The function of a service. */
export function functionOf(functions: readonly DeployedFunction[], service: string): DeployedFunction {
  const found = functions.find(candidate => candidate.service === service);
  if (found === undefined) throw new Error(`the template has no function ${service}`);
  return found;
}
