import { RemovalPolicy } from 'aws-cdk-lib';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { Construct } from 'constructs';
import { CURSOR_SECRET_VARIABLE } from '../../model/functions.ts';

/** Secrets that Secrets Manager makes up itself: no person and no template ever holds one. */
export class Secrets extends Construct {
  private readonly cursors: Secret;

  constructor(scope: Construct, id: string) {
    super(scope, id);
    this.cursors = new Secret(this, 'Cursors', {
      description: 'Signs the cursors of lists',
      // 64 of 62 letters and digits: 381 bits, more than the 256 that HMAC-SHA256 makes use of.
      generateSecretString: { passwordLength: 64, excludePunctuation: true },
      // In every stage: with it goes only the place of readers who are half-way through a list.
      removalPolicy: RemovalPolicy.DESTROY,
    });
  }

  /** Lets a function read the secret that signs cursors, and tells it the secret's id. */
  grantCursors(to: LambdaFunction): void {
    to.addToRolePolicy(
      new PolicyStatement({
        actions: ['secretsmanager:GetSecretValue'],
        resources: [this.cursors.secretArn],
      }),
    );
    to.addEnvironment(CURSOR_SECRET_VARIABLE, this.cursors.secretArn);
  }
}
