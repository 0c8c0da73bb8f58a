import { createHash } from 'node:crypto';
import { CustomResource, Duration } from 'aws-cdk-lib';
import { Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Provider } from 'aws-cdk-lib/custom-resources';
import { Construct } from 'constructs';
import { catalogue } from '../../model/categories.ts';
import { seedCategoriesFunction } from '../../model/functions.ts';
import { acceptWildcard } from './accept.ts';
import { logGroup } from './logs.ts';
import { NodeFunction } from './nodeFunction.ts';
import type { Platform } from './platform.ts';

/** A dozen writes, with room for tries again. */
const TIMEOUT = Duration.minutes(1);

/** When no answer has come by then, none will: CloudFormation would wait for an hour. */
const ANSWER_TIMEOUT = Duration.minutes(5);

/**
 * Puts the categories into their table, in each deployment that changes the list, and as a part of it: when they
 * cannot be put, the deployment fails and goes back.
 *
 * CDK's `Trigger` would do the same, with a log group that nobody deletes.
 */
export class CategoryCatalogue extends Construct {
  constructor(scope: Construct, id: string, platform: Platform) {
    super(scope, id);
    const seeding = new NodeFunction(this, 'SeedCategories', platform, {
      service: 'seedCategories',
      spec: seedCategoriesFunction,
      timeout: TIMEOUT,
    });
    const logs = logGroup(this, 'ProviderLogs', platform.settings);
    const role = new Role(this, 'ProviderRole', { assumedBy: new ServicePrincipal('lambda.amazonaws.com') });
    logs.grantWrite(role);
    const { serviceToken } = new Provider(this, 'Provider', {
      onEventHandler: seeding.lambda,
      frameworkOnEventRole: role,
      logGroup: logs,
    });
    acceptWildcard(
      role,
      `${seeding.lambda.functionArn}:*`,
      'CDK lets its provider call the one function, in any of its versions.',
    );
    const categories = new CustomResource(this, 'Categories', {
      serviceToken,
      serviceTimeout: ANSWER_TIMEOUT,
      properties: { digest: createHash('sha256').update(JSON.stringify(catalogue)).digest('hex') },
    });
    categories.node.addDependency(seeding);
  }
}
