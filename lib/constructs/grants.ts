import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { Construct } from 'constructs';
import type { FunctionSpec } from '../../model/functions.ts';
import { tableNames } from '../../model/tables.ts';
import { ivsStatements } from './ivsStatements.ts';
import { suppressNag } from './nagSuppressions.ts';
import { built, type Platform } from './platform.ts';
import type { Grantee } from './tables.ts';

/** Grants `to` exactly the permissions in `spec`, and sets the environment variables that belong to them. */
export function grantSpec(
  scope: Construct,
  spec: FunctionSpec,
  { tables, secrets, images }: Pick<Platform, 'tables' | 'secrets' | 'images'>,
  to: Grantee,
): void {
  for (const name of tableNames) {
    const grant = spec.tables[name];
    if (grant !== undefined) tables.grant(name, grant, to);
  }
  if (spec.cursors) secrets.grantCursors(to);
  if (spec.tokens) secrets.grantTokens(to);
  if (spec.addresses) secrets.grantOrigin(to);
  if (spec.images !== undefined) built(images, 'images').grant(scope, spec.images, to);
  if (spec.ingestMetrics) {
    to.addToRolePolicy(new PolicyStatement({ actions: ['cloudwatch:GetMetricData'], resources: ['*'] }));
    suppressNag(
      scope,
      'AwsSolutions-IAM5[Resource::*]',
      'IAM cannot restrict GetMetricData to a namespace or a resource.',
    );
  }
  for (const [kind, actions] of Object.entries(spec.ivs ?? {})) {
    for (const statement of ivsStatements(scope, kind, actions)) to.addToRolePolicy(statement);
  }
}
