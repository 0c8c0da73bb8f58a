import { Duration } from 'aws-cdk-lib';
import type { IVpc, SecurityGroup } from 'aws-cdk-lib/aws-ec2';
import {
  ApplicationLoadBalancer,
  ApplicationProtocol,
  ApplicationTargetGroup,
  ListenerCertificate,
  SslPolicy,
  TargetType,
} from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import { Construct } from 'constructs';
import { CONTAINER_PORT, containerSeconds } from '../../model/container.ts';
import { routes } from '../../model/routes.ts';

export interface ContainerBalancerProps {
  readonly vpc: IVpc;
  readonly securityGroup: SecurityGroup;
  readonly certificateArn: string;
  /** Nothing deletes it by accident. */
  readonly retainData: boolean;
}

/**
 * The load balancer that ends TLS before the container. It has no port 80 to send callers on from: by then they would
 * have sent their token in the clear.
 */
export class ContainerBalancer extends Construct {
  readonly balancer: ApplicationLoadBalancer;
  /** What the tasks are put into. */
  readonly targets: ApplicationTargetGroup;

  constructor(scope: Construct, id: string, props: ContainerBalancerProps) {
    super(scope, id);
    const { vpc, securityGroup, certificateArn, retainData } = props;
    this.balancer = new ApplicationLoadBalancer(this, 'Balancer', {
      vpc,
      securityGroup,
      internetFacing: true,
      idleTimeout: Duration.seconds(containerSeconds.balancerIdle),
      // What one hop takes for a header and the next does not is how requests are smuggled.
      dropInvalidHeaderFields: true,
      deletionProtection: retainData,
    });
    this.targets = new ApplicationTargetGroup(this, 'Targets', {
      vpc,
      targetType: TargetType.IP,
      protocol: ApplicationProtocol.HTTP,
      port: CONTAINER_PORT,
      deregistrationDelay: Duration.seconds(containerSeconds.stop),
      healthCheck: {
        path: routes.getHealth.path,
        interval: Duration.seconds(10),
        timeout: Duration.seconds(5),
        healthyThresholdCount: 2,
        unhealthyThresholdCount: 3,
      },
    });
    this.balancer.addListener('Https', {
      port: 443,
      protocol: ApplicationProtocol.HTTPS,
      certificates: [ListenerCertificate.fromArn(certificateArn)],
      sslPolicy: SslPolicy.TLS13_12_RES_PQ,
      // Its security group says who may come.
      open: false,
      defaultTargetGroups: [this.targets],
    });
  }
}
