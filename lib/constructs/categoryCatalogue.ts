import { createHash } from 'node:crypto';
import { CustomResource, Duration } from 'aws-cdk-lib';
import { Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Provider } from 'aws-cdk-lib/custom-resources';
import { Construct } from 'constructs';
import { catalogue } from '../../model/categories.ts';
import { seedCategoriesFunction } from '../../model/functions.ts';
import { logGroup } from './logs.ts';
import { suppressNagWildcard } from './nagSuppressions.ts';
import { NodeFunction } from './nodeFunction.ts';
import type { Platform } from './platform.ts';

/** A dozen writes, with room for retries. */
const TIMEOUT = Duration.minutes(1);

/** CloudFormation's default is to wait one hour for a response. */
const ANSWER_TIMEOUT = Duration.minutes(5);

/**
 * Writes the categories to their table in each deployment that changes the list. If the writes fail, the
 * deployment fails and is rolled back.
 *
 * CDK's `Trigger` would leave a log group that is never deleted.
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
    suppressNagWildcard(
      role,
      `${seeding.lambda.functionArn}:*`,
      "CDK's provider may call this one function in all its versions.",
    );
    const categories = new CustomResource(this, 'Categories', {
      serviceToken,
      serviceTimeout: ANSWER_TIMEOUT,
      properties: { digest: createHash('sha256').update(JSON.stringify(catalogue)).digest('hex') },
    });
    categories.node.addDependency(seeding);
  }
}
