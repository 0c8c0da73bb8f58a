import { Duration, Stack } from 'aws-cdk-lib';
import { Schedule } from 'aws-cdk-lib/aws-events';
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { CfnRotationSchedule } from 'aws-cdk-lib/aws-secretsmanager';
import { Construct } from 'constructs';
import { rotateSecretFunction } from '../../model/functions.ts';
import { NodeFunction } from './nodeFunction.ts';
import type { Platform } from './platform.ts';

/** Each of a rotation's four steps is one invocation with one or two requests to Secrets Manager. */
const TIMEOUT = Duration.seconds(30);

/**
 * Rotates the secret that signs access tokens: once when the stack is created, which tests the function, then
 * every `tokenRotationDays`. Secrets Manager invokes the function, and retries for a day when it fails.
 *
 * `Secret.addRotationSchedule` is not used because it would allow any secret of any account to invoke the
 * function, and the function to request random passwords, which it does not need.
 * https://docs.aws.amazon.com/secretsmanager/latest/userguide/rotating-secrets-required-permissions-function.html
 */
export class TokenRotation extends Construct {
  constructor(scope: Construct, id: string, platform: Platform) {
    super(scope, id);
    const { secretArn } = platform.secrets.tokens;
    const rotation = new NodeFunction(this, 'RotateSecret', platform, {
      service: 'rotateSecret',
      spec: rotateSecretFunction,
      timeout: TIMEOUT,
    });
    rotation.lambda.addToRolePolicy(
      new PolicyStatement({
        actions: [
          'secretsmanager:DescribeSecret',
          'secretsmanager:GetSecretValue',
          'secretsmanager:PutSecretValue',
          'secretsmanager:UpdateSecretVersionStage',
        ],
        resources: [secretArn],
      }),
    );
    rotation.lambda.addPermission('SecretsManager', {
      principal: new ServicePrincipal('secretsmanager.amazonaws.com'),
      sourceAccount: Stack.of(this).account,
      sourceArn: secretArn,
    });
    const schedule = new CfnRotationSchedule(this, 'Schedule', {
      secretId: secretArn,
      rotationLambdaArn: rotation.lambda.functionArn,
      rotationRules: {
        scheduleExpression: Schedule.rate(Duration.days(platform.settings.tokenRotationDays))
          .expressionString,
      },
    });
    // The first rotation starts when the schedule is created, so the permissions must exist before it.
    schedule.node.addDependency(rotation);
  }
}
