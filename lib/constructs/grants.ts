import { Stack } from 'aws-cdk-lib';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { Construct } from 'constructs';
import type { FunctionSpec } from '../../model/functions.ts';
import { tableNames } from '../../model/tables.ts';
import { addressIn } from '../config/mailFrom.ts';
import { ivsStatements } from './ivsStatements.ts';
import { suppressNag } from './nagSuppressions.ts';
import { built, type Platform } from './platform.ts';
import type { Grantee } from './tables.ts';

/** Grants `to` exactly the permissions in `spec`, and sets the environment variables that belong to them. */
export function grantSpec(
  scope: Construct,
  spec: FunctionSpec,
  { tables, secrets, images, settings }: Pick<Platform, 'tables' | 'secrets' | 'images' | 'settings'>,
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
  if (spec.mail && settings.mailFrom !== undefined) to.addToRolePolicy(sendMail(scope, settings.mailFrom));
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

/**
 * Allows mails from one address. SES checks the identity of the address, or that of its domain if only the domain is
 * verified.
 * https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonsimpleemailservicev2.html
 */
function sendMail(scope: Construct, mailFrom: string): PolicyStatement {
  const address = addressIn(mailFrom);
  const identities = [address, address.replace(/^.*@/, '')];
  return new PolicyStatement({
    actions: ['ses:SendEmail'],
    resources: identities.map(resourceName =>
      Stack.of(scope).formatArn({ service: 'ses', resource: 'identity', resourceName }),
    ),
    conditions: { StringEquals: { 'ses:FromAddress': address } },
  });
}
