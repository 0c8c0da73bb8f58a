import { CfnOutput, Duration } from 'aws-cdk-lib';
import { Cluster, FargateService, type ICluster } from 'aws-cdk-lib/aws-ecs';
import { Construct } from 'constructs';
import type { Fargate } from '../config/compute.ts';
import type { ContainerSettings } from '../config/containerSettings.ts';
import type { ApiMetrics } from './apiMetrics.ts';
import { balancerMetrics } from './balancerMetrics.ts';
import { ContainerBalancer } from './containerBalancer.ts';
import { ContainerNetwork } from './containerNetwork.ts';
import { ContainerTask } from './containerTask.ts';
import { suppressNag } from './nagSuppressions.ts';
import type { Platform } from './platform.ts';

/**
 * The HTTP API in containers behind a load balancer, as an alternative to API Gateway and its functions:
 * docs/compute.md.
 */
export class ContainerService extends Construct {
  /** The host of the API. */
  readonly domain: string;
  /** The URL of the API (`https://…`), without a slash at the end. */
  readonly url: string;
  readonly metrics: ApiMetrics;

  constructor(scope: Construct, id: string, platform: Platform, { certificateArn, domain }: Fargate) {
    super(scope, id);
    const { container, retainData } = platform.settings;
    const { vpc, balancers, tasks } = new ContainerNetwork(this, 'Network');
    const { balancer, targets } = new ContainerBalancer(this, 'Balancer', {
      vpc,
      securityGroup: balancers,
      certificateArn,
      retainData,
    });
    suppressNag(
      balancer,
      'AwsSolutions-ELB2',
      'Access logs would store client addresses, which this project stores nowhere.',
    );
    suppressNag(
      this,
      'AwsSolutions-ECS4',
      'Container Insights is charged per metric, and scaling and alarms do not need it.',
    );
    const service = new FargateService(this, 'Service', {
      // As with the VPC: `ICluster` requires absent members to be omitted, and `Cluster` has them as
      // undefined.
      cluster: new Cluster(this, 'Cluster', { vpc }) as ICluster,
      taskDefinition: new ContainerTask(this, 'Task', platform).definition,
      // The number of tasks is not set here, because each deployment would reset it.
      assignPublicIp: true,
      securityGroups: [tasks],
      minHealthyPercent: 100,
      maxHealthyPercent: 200,
      circuitBreaker: { enable: true, rollback: true },
      healthCheckGracePeriod: Duration.seconds(30),
    });
    targets.addTarget(service);
    scale(service, container);
    this.domain = domain;
    this.url = `https://${domain}`;
    this.metrics = balancerMetrics(balancer);
    new CfnOutput(this, 'LoadBalancer', {
      value: balancer.loadBalancerDnsName,
      description: `The target for the DNS record of ${domain}`,
    });
  }
}

/**
 * Scales the service on CPU utilization. Application Auto Scaling creates and manages two alarms for this: do
 * not change them.
 */
function scale(service: FargateService, settings: ContainerSettings): void {
  const { minTasks, maxTasks, targetCpuPercent, scaleOutCooldownSeconds, scaleInCooldownSeconds } = settings;
  service.autoScaleTaskCount({ minCapacity: minTasks, maxCapacity: maxTasks }).scaleOnCpuUtilization('Cpu', {
    targetUtilizationPercent: targetCpuPercent,
    scaleOutCooldown: Duration.seconds(scaleOutCooldownSeconds),
    scaleInCooldown: Duration.seconds(scaleInCooldownSeconds),
  });
}
