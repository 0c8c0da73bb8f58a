import {
  GatewayVpcEndpointAwsService,
  type IVpc,
  Peer,
  Port,
  SecurityGroup,
  SubnetType,
  Vpc,
} from 'aws-cdk-lib/aws-ec2';
import { Construct } from 'constructs';
import { CONTAINER_PORT } from '../../model/container.ts';
import { suppressNag } from './nagSuppressions.ts';

/**
 * The network of the container: public subnets in two availability zones, and their security groups.
 *
 * The tasks call Amazon IVS, which has no VPC endpoint. In private subnets they would need a NAT gateway in
 * each zone, which costs more than the tasks of a small stage. Instead they have public addresses, and a
 * security group that only allows the load balancer in. DynamoDB and S3 are reached through gateway
 * endpoints.
 */
export class ContainerNetwork extends Construct {
  readonly vpc: IVpc;
  readonly balancers: SecurityGroup;
  readonly tasks: SecurityGroup;

  constructor(scope: Construct, id: string) {
    super(scope, id);
    const vpc = new Vpc(this, 'Vpc', {
      maxAzs: 2,
      natGateways: 0,
      subnetConfiguration: [{ name: 'Public', subnetType: SubnetType.PUBLIC, mapPublicIpOnLaunch: false }],
      gatewayEndpoints: {
        DynamoDb: { service: GatewayVpcEndpointAwsService.DYNAMODB },
        S3: { service: GatewayVpcEndpointAwsService.S3 },
      },
      // CDK would add a function that empties the VPC's default security group. No resource uses that group,
      // and it only allows traffic from itself.
      restrictDefaultSecurityGroup: false,
    });
    // `IVpc` requires absent members to be omitted, and `Vpc` has them as undefined. There is no other
    // difference.
    this.vpc = vpc as IVpc;
    const group = (name: string, description: string) =>
      new SecurityGroup(this, name, { vpc: this.vpc, description, allowAllOutbound: false });
    this.balancers = group('Balancers', 'Everybody to the load balancer, and it to the tasks');
    this.tasks = group('Tasks', 'The load balancer to the tasks, and they to AWS');
    this.balancers.addIngressRule(Peer.anyIpv4(), Port.HTTPS, 'The public API');
    this.balancers.connections.allowTo(this.tasks, Port.tcp(CONTAINER_PORT), 'The load balancer');
    suppressNag(
      this.balancers,
      'AwsSolutions-EC23',
      'The load balancer is the public entry point of the API.',
    );
    suppressNag(
      vpc,
      'AwsSolutions-VPC7',
      'Flow logs would store client addresses, which this project stores nowhere.',
    );
    this.tasks.addEgressRule(Peer.anyIpv4(), Port.HTTPS, 'The APIs of AWS');
  }
}
