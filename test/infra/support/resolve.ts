import type { CfnTemplate } from './template.ts';

/** The account, Region and names of the assumed deployment. */
export const deployed = { account: '123456789012', region: 'us-west-2', partition: 'aws' } as const;

const { account, region, partition } = deployed;

/** The values of `Ref` and `Fn::GetAtt` for each type of resource that the stack refers to. */
const resources: Readonly<Record<string, (id: string) => { ref: string; [attribute: string]: string }>> = {
  'AWS::DynamoDB::GlobalTable': id => ({
    ref: id,
    Arn: `arn:${partition}:dynamodb:${region}:${account}:table/${id}`,
    StreamArn: `arn:${partition}:dynamodb:${region}:${account}:table/${id}/stream/2026-01-15T10:00:00.000`,
  }),
  'AWS::SecretsManager::Secret': id => ({
    ref: `arn:${partition}:secretsmanager:${region}:${account}:secret:${id}-AbCdEf`,
  }),
  'AWS::SQS::Queue': id => ({
    ref: `https://sqs.${region}.amazonaws.com/${account}/${id}`,
    Arn: `arn:${partition}:sqs:${region}:${account}:${id}`,
  }),
  // This ARN ends with an asterisk, which stands for the streams of the group.
  'AWS::Logs::LogGroup': id => ({
    ref: id,
    Arn: `arn:${partition}:logs:${region}:${account}:log-group:${id}:*`,
  }),
  'AWS::IAM::Role': id => ({ ref: id, Arn: `arn:${partition}:iam::${account}:role/${id}` }),
  'AWS::Lambda::Function': id => ({
    ref: id,
    Arn: `arn:${partition}:lambda:${region}:${account}:function:${id}`,
  }),
  'AWS::S3::Bucket': id => ({
    ref: id,
    Arn: `arn:${partition}:s3:::${id}`,
    RegionalDomainName: `${id.toLowerCase()}.s3.${region}.amazonaws.com`,
  }),
  'AWS::CloudFront::Distribution': id => ({ ref: id, DomainName: `${id.toLowerCase()}.cloudfront.net` }),
  'AWS::CloudFront::Function': id => ({
    ref: id,
    FunctionARN: `arn:${partition}:cloudfront::${account}:function/${id}`,
  }),
  'AWS::ApiGatewayV2::Api': id => ({ ref: id.toLowerCase() }),
  'AWS::IVS::RecordingConfiguration': id => {
    const own = `arn:${partition}:ivs:${region}:${account}:recording-configuration/${id}`;
    return { ref: own, Arn: own };
  },
  'AWS::IVSChat::LoggingConfiguration': id => {
    const own = `arn:${partition}:ivschat:${region}:${account}:logging-configuration/${id}`;
    return { ref: own, Arn: own };
  },
  'AWS::Events::Rule': id => ({ ref: id, Arn: `arn:${partition}:events:${region}:${account}:rule/${id}` }),
};

const pseudoParameters: Readonly<Record<string, string>> = {
  'AWS::AccountId': account,
  'AWS::Region': region,
  'AWS::Partition': partition,
  'AWS::URLSuffix': 'amazonaws.com',
};

/**
 * Replaces the intrinsic functions in a value of the template with their results. The physical names are the logical
 * ids.
 *
 * @throws Error for an unknown function or resource type
 */
export function resolve(template: CfnTemplate, value: unknown): unknown {
  const within = (inner: unknown): unknown => resolve(template, inner);
  if (Array.isArray(value)) return value.map(within);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value);
  const [only, ...others] = entries;
  const [name, argument] = only !== undefined && others.length === 0 ? only : [];
  if (name === 'Ref') return ref(template, argument);
  if (name === 'Fn::GetAtt') return getAtt(template, argument);
  if (name === 'Fn::Join') return join(within(argument));
  if (name === 'Fn::Sub') return substitute(String(argument));
  if (name?.startsWith('Fn::')) throw new Error(`cannot resolve ${name}`);
  return Object.fromEntries(entries.map(([key, inner]) => [key, within(inner)]));
}

/** Does the same for a value whose result is a string. */
export function resolveString(template: CfnTemplate, value: unknown): string {
  const resolved = resolve(template, value);
  if (typeof resolved !== 'string')
    throw new Error(`the value must be a string (got ${JSON.stringify(resolved)})`);
  return resolved;
}

function ref(template: CfnTemplate, argument: unknown): string {
  return pseudoParameters[String(argument)] ?? physical(template, String(argument)).ref;
}

function getAtt(template: CfnTemplate, argument: unknown): string {
  const [id, attribute] = Array.isArray(argument) ? argument.map(String) : [];
  const value = physical(template, id ?? '')[attribute ?? ''];
  if (value === undefined) throw new Error(`cannot resolve ${id}.${attribute}`);
  return value;
}

/** Resolves pseudo parameters only, because the stack uses no others in Fn::Sub. */
function substitute(text: string): string {
  return text.replaceAll(/\$\{([^}]+)\}/g, (_, name: string) => {
    const value = pseudoParameters[name];
    if (value === undefined) throw new Error(`cannot resolve ${name} in Fn::Sub`);
    return value;
  });
}

function join(argument: unknown): string {
  if (!Array.isArray(argument) || !Array.isArray(argument[1]))
    throw new Error('the arguments of Fn::Join are not valid');
  return argument[1].join(String(argument[0]));
}

function physical(template: CfnTemplate, id: string) {
  const resource = template.Resources[id];
  const known = resource && resources[resource.Type];
  if (known === undefined)
    throw new Error(`cannot resolve ${id}, ${resource?.Type ?? 'not in the template'}`);
  return known(id);
}
