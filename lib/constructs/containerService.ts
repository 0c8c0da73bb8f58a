import { CfnOutput, Duration } from 'aws-cdk-lib';
import { Cluster, FargateService, type ICluster } from 'aws-cdk-lib/aws-ecs';
import { Construct } from 'constructs';
import type { Fargate } from '../config/compute.ts';
import type { ContainerSettings } from '../config/containerSettings.ts';
import { accept } from './accept.ts';
import type { ApiMetrics } from './apiMetrics.ts';
import { balancerMetrics } from './balancerMetrics.ts';
import { ContainerBalancer } from './containerBalancer.ts';
import { ContainerNetwork } from './containerNetwork.ts';
import { ContainerTask } from './containerTask.ts';
import type { Platform } from './platform.ts';

/** The HTTP API in containers behind a load balancer, in place of API Gateway and its functions: docs/compute.md. */
export class ContainerService extends Construct {
  /** `https://…`, with no slash at the end. */
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
    accept(balancer, 'AwsSolutions-ELB2', 'They hold the addresses of callers, which are kept nowhere.');
    accept(this, 'AwsSolutions-ECS4', 'Paid by the metric; what scaling and alarms need is there without.');
    const service = new FargateService(this, 'Service', {
      // As with the VPC: `ICluster` wants left out what `Cluster` has undefined.
      cluster: new Cluster(this, 'Cluster', { vpc }) as ICluster,
      taskDefinition: new ContainerTask(this, 'Task', platform).definition,
      // The number of tasks is not said here: each deployment would set it back.
      assignPublicIp: true,
      securityGroups: [tasks],
      minHealthyPercent: 100,
      maxHealthyPercent: 200,
      circuitBreaker: { enable: true, rollback: true },
      healthCheckGracePeriod: Duration.seconds(30),
    });
    targets.addTarget(service);
    scale(service, container);
    this.url = `https://${domain}`;
    this.metrics = balancerMetrics(balancer);
    new CfnOutput(this, 'LoadBalancer', {
      value: balancer.loadBalancerDnsName,
      description: `Where the DNS record of ${domain} is to point`,
    });
  }
}

/** Application Auto Scaling makes the two alarms that this works by, and keeps them: nobody else is to touch them. */
function scale(service: FargateService, settings: ContainerSettings): void {
  const { minTasks, maxTasks, targetCpuPercent, scaleOutCooldownSeconds, scaleInCooldownSeconds } = settings;
  service.autoScaleTaskCount({ minCapacity: minTasks, maxCapacity: maxTasks }).scaleOnCpuUtilization('Cpu', {
    targetUtilizationPercent: targetCpuPercent,
    scaleOutCooldown: Duration.seconds(scaleOutCooldownSeconds),
    scaleInCooldown: Duration.seconds(scaleInCooldownSeconds),
  });
}
