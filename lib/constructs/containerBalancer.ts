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
  /** Whether deletion protection is on. */
  readonly retainData: boolean;
}

/**
 * The load balancer that terminates TLS for the container. It has no listener on port 80: a redirect would
 * come after the client has sent its token unencrypted.
 */
export class ContainerBalancer extends Construct {
  readonly balancer: ApplicationLoadBalancer;
  /** The target group of the tasks. */
  readonly targets: ApplicationTargetGroup;

  constructor(scope: Construct, id: string, props: ContainerBalancerProps) {
    super(scope, id);
    const { vpc, securityGroup, certificateArn, retainData } = props;
    this.balancer = new ApplicationLoadBalancer(this, 'Balancer', {
      vpc,
      securityGroup,
      internetFacing: true,
      idleTimeout: Duration.seconds(containerSeconds.balancerIdle),
      // Headers that two hops parse differently allow request smuggling.
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
      // The security group controls access.
      open: false,
      defaultTargetGroups: [this.targets],
    });
  }
}
