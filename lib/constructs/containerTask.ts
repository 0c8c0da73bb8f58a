import { readFileSync } from 'node:fs';
import { Duration, IgnoreMode, Size, Stack } from 'aws-cdk-lib';
import { Platform as ImagePlatform } from 'aws-cdk-lib/aws-ecr-assets';
import {
  AwsLogDriverMode,
  Capability,
  ContainerImage,
  CpuArchitecture,
  FargateTaskDefinition,
  LinuxParameters,
  LogDrivers,
  OperatingSystemFamily,
} from 'aws-cdk-lib/aws-ecs';
import { Construct } from 'constructs';
import { BEHIND_LOAD_BALANCER_VARIABLE, CONTAINER_PORT, containerSeconds } from '../../model/container.ts';
import {
  ALLOWED_ORIGINS_VARIABLE,
  LIMITS_VARIABLE,
  PARTNER_FOLLOWER_AGE_VARIABLE,
  PARTNER_FOLLOWERS_VARIABLE,
  STACK_NAME_VARIABLE,
} from '../../model/functionEnvironment.ts';
import { containerSpec } from './containerSpec.ts';
import { grantSpec } from './grants.ts';
import { logGroup } from './logs.ts';
import { suppressNag, suppressNagWildcard } from './nagSuppressions.ts';
import { environmentOf, type Platform } from './platform.ts';
import { ReasonMetric } from './reasonMetric.ts';

const DOCKERFILE = 'lambdas/api/container/Dockerfile';

/**
 * One container with the whole HTTP API. It has the permissions and the environment variables of the API's
 * functions. The image is built at deployment, so synthesis does not need Docker.
 */
export class ContainerTask extends Construct {
  readonly definition: FargateTaskDefinition;

  constructor(scope: Construct, id: string, platform: Platform) {
    super(scope, id);
    const { settings } = platform;
    const { allowedOrigins, container } = settings;
    const { stackName, region } = Stack.of(this);
    this.definition = new FargateTaskDefinition(this, 'Definition', {
      cpu: container.cpu,
      memoryLimitMiB: container.memoryMb,
      runtimePlatform: {
        cpuArchitecture: CpuArchitecture.ARM64,
        operatingSystemFamily: OperatingSystemFamily.LINUX,
      },
    });
    const logs = logGroup(this, 'Logs', settings);
    new ReasonMetric(this, 'IvsQuota', 'IvsQuotaReached', logs);
    const api = this.definition.addContainer('Api', {
      image: ContainerImage.fromAsset(process.cwd(), {
        file: DOCKERFILE,
        // The same list that Docker uses. It also decides whether the image has changed.
        exclude: readFileSync(`${DOCKERFILE}.dockerignore`, 'utf8').split('\n').filter(Boolean),
        ignoreMode: IgnoreMode.DOCKER,
        platform: ImagePlatform.LINUX_ARM64,
      }),
      portMappings: [{ containerPort: CONTAINER_PORT }],
      stopTimeout: Duration.seconds(containerSeconds.stop),
      // The container writes nothing to disk and needs no root privileges.
      readonlyRootFilesystem: true,
      user: 'node',
      linuxParameters: unprivileged(this),
      logging: LogDrivers.awsLogs({
        streamPrefix: 'api',
        logGroup: logs,
        // Requests do not wait for CloudWatch: lines that do not fit the buffer are lost.
        mode: AwsLogDriverMode.NON_BLOCKING,
        maxBufferSize: Size.mebibytes(10),
      }),
      environment: {
        AWS_REGION: region,
        POWERTOOLS_SERVICE_NAME: 'api',
        POWERTOOLS_LOG_LEVEL: settings.logLevel,
        POWERTOOLS_METRICS_NAMESPACE: stackName,
        [STACK_NAME_VARIABLE]: stackName,
        [PARTNER_FOLLOWERS_VARIABLE]: String(settings.partnerFollowers),
        [PARTNER_FOLLOWER_AGE_VARIABLE]: String(settings.partnerFollowerAgeDays),
        [ALLOWED_ORIGINS_VARIABLE]: allowedOrigins === '*' ? allowedOrigins : allowedOrigins.join(','),
        [LIMITS_VARIABLE]: JSON.stringify(settings.limits),
        [BEHIND_LOAD_BALANCER_VARIABLE]: 'true',
        ...environmentOf(containerSpec, platform),
      },
    });
    grantSpec(this, containerSpec, platform, {
      addToRolePolicy: statement => this.definition.addToTaskRolePolicy(statement),
      addEnvironment: (variable, value) => api.addEnvironment(variable, value),
    });
    suppressNag(
      this,
      'AwsSolutions-ECS2',
      'The variables contain names and ARNs. The container reads the secrets themselves from Secrets ' +
        'Manager.',
    );
    suppressNagWildcard(this, '*', 'GetAuthorizationToken of ECR supports no resource-level permissions.');
  }
}

function unprivileged(scope: Construct): LinuxParameters {
  const parameters = new LinuxParameters(scope, 'Linux');
  parameters.dropCapabilities(Capability.ALL);
  return parameters;
}
