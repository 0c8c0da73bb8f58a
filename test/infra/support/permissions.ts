import { runSimulation } from '@cloud-copilot/iam-simulate';
import type { Authorization } from './authorizations.ts';
import type { DeployedFunction } from './functions.ts';
import { deployed } from './resolve.ts';

/**
 * What IAM says of a call by a function, from its role's policy in the template alone.
 * @throws Error when the simulator cannot tell: a policy, an action or a resource that AWS does not have.
 */
export async function decide(
  { service, statements }: Pick<DeployedFunction, 'service' | 'statements'>,
  { action, resource, context = {} }: Authorization,
): Promise<string> {
  const { account, partition } = deployed;
  const answer = await runSimulation(
    {
      request: {
        principal: `arn:${partition}:sts::${account}:assumed-role/${service}/${service}`,
        action,
        resource: { resource, accountId: account },
        contextVariables: { ...context },
      },
      identityPolicies: [{ name: service, policy: { Version: '2012-10-17', Statement: [...statements] } }],
      serviceControlPolicies: [],
      resourceControlPolicies: [],
    },
    {},
  );
  if (answer.resultType === 'error') throw new Error(`${action} on ${resource}: ${answer.errors.message}`);
  return answer.overallResult;
}
