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
import { accept } from './accept.ts';

/**
 * Where the container runs: public subnets in two availability zones, and what may speak to what in them.
 *
 * The tasks call Amazon IVS, which has no VPC endpoint: in private subnets they would need a NAT gateway in each
 * zone, which costs more than the tasks of a small stage do. They have public addresses instead, and a security group
 * that lets in nobody but the load balancer. DynamoDB and S3 are reached without leaving the network.
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
      // CDK would add a function to empty the VPC's default group, which nothing is in, and which lets in only itself.
      restrictDefaultSecurityGroup: false,
    });
    // `IVpc` wants members that are not there left out, and `Vpc` has them undefined: they differ in nothing else.
    this.vpc = vpc as IVpc;
    const group = (name: string, description: string) =>
      new SecurityGroup(this, name, { vpc: this.vpc, description, allowAllOutbound: false });
    this.balancers = group('Balancers', 'Everybody to the load balancer, and it to the tasks');
    this.tasks = group('Tasks', 'The load balancer to the tasks, and they to AWS');
    this.balancers.addIngressRule(Peer.anyIpv4(), Port.HTTPS, 'The public API');
    this.balancers.connections.allowTo(this.tasks, Port.tcp(CONTAINER_PORT), 'The load balancer');
    accept(this.balancers, 'AwsSolutions-EC23', 'It is the way in to the public API.');
    accept(
      vpc,
      'AwsSolutions-VPC7',
      'Flow logs would keep the addresses of callers, which are kept nowhere.',
    );
    this.tasks.addEgressRule(Peer.anyIpv4(), Port.HTTPS, 'The APIs of AWS');
  }
}
