import { type Duration, Stack } from 'aws-cdk-lib';
import { Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import {
  Architecture,
  type EventInvokeConfigOptions,
  Function as LambdaFunction,
  LoggingFormat,
  Runtime,
  Tracing,
} from 'aws-cdk-lib/aws-lambda';
import type { LogGroup } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import {
  PARTNER_FOLLOWER_AGE_VARIABLE,
  PARTNER_FOLLOWERS_VARIABLE,
  STACK_NAME_VARIABLE,
} from '../../model/functionEnvironment.ts';
import { BACKGROUND_MEMORY_MB, type FunctionSpec } from '../../model/functions.ts';
import { functionCode } from '../bundling/functionCode.ts';
import { grantSpec } from './grants.ts';
import { logGroup } from './logs.ts';
import { suppressNagWildcard } from './nagSuppressions.ts';
import { environmentOf, type Platform } from './platform.ts';

export interface NodeFunctionProps {
  /** The service name in logs and metrics. */
  readonly service: string;
  readonly spec: FunctionSpec;
  readonly timeout: Duration;
  readonly environment?: Readonly<Record<string, string>>;
  /** How failed asynchronous invocations are handled. */
  readonly asyncInvoke?: EventInvokeConfigOptions;
}

/**
 * One Lambda function of `model/functions.ts`, with exactly the permissions and the environment of its spec.
 */
export class NodeFunction extends Construct {
  /** The service name in logs and metrics. */
  readonly service: string;
  readonly lambda: LambdaFunction;
  readonly logs: LogGroup;

  constructor(scope: Construct, id: string, platform: Platform, props: NodeFunctionProps) {
    super(scope, id);
    this.service = props.service;
    const { settings } = platform;
    const { spec } = props;
    const { stackName } = Stack.of(this);
    const logs = logGroup(this, 'Logs', settings);
    this.logs = logs;
    // An explicit role, because the role that CDK creates may write to every log group of the account.
    const role = new Role(this, 'Role', { assumedBy: new ServicePrincipal('lambda.amazonaws.com') });
    logs.grantWrite(role);
    this.lambda = new LambdaFunction(this, 'Function', {
      runtime: Runtime.NODEJS_24_X,
      architecture: Architecture.ARM_64,
      code: functionCode(spec.entry),
      handler: 'index.handler',
      memorySize: spec.memoryMb ?? BACKGROUND_MEMORY_MB,
      timeout: props.timeout,
      role,
      logGroup: logs,
      loggingFormat: LoggingFormat.JSON,
      applicationLogLevelV2: settings.logLevel,
      tracing: settings.tracing ? Tracing.ACTIVE : Tracing.DISABLED,
      environment: {
        POWERTOOLS_SERVICE_NAME: props.service,
        POWERTOOLS_LOG_LEVEL: settings.logLevel,
        POWERTOOLS_METRICS_NAMESPACE: stackName,
        [STACK_NAME_VARIABLE]: stackName,
        [PARTNER_FOLLOWERS_VARIABLE]: String(settings.partnerFollowers),
        [PARTNER_FOLLOWER_AGE_VARIABLE]: String(settings.partnerFollowerAgeDays),
        ...environmentOf(spec, platform),
        ...props.environment,
      },
      ...props.asyncInvoke,
    });
    if (settings.tracing)
      suppressNagWildcard(role, '*', 'X-Ray has no resource-level permissions for traces.');
    grantSpec(this, spec, platform, this.lambda);
  }
}
