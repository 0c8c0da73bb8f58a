import { RemovalPolicy } from 'aws-cdk-lib';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { Construct } from 'constructs';
import { CURSOR_SECRET_VARIABLE, TOKEN_SECRET_VARIABLE } from '../../model/functionEnvironment.ts';
import { accept } from './accept.ts';
import type { Grantee } from './tables.ts';

/** Secrets that Secrets Manager makes up itself: no person and no template ever holds one. */
export class Secrets extends Construct {
  /** What signs access tokens. */
  readonly tokens: Secret;
  private readonly cursors: Secret;

  constructor(scope: Construct, id: string) {
    super(scope, id);
    this.cursors = signingSecret(this, 'Cursors', 'Signs the cursors of lists');
    accept(
      this.cursors,
      'AwsSolutions-SMG4',
      'It gives access to nothing: a cursor is a place in a list that is read with the rights of who asks.',
    );
    this.tokens = signingSecret(this, 'Tokens', 'Signs access tokens');
  }

  /** Lets `to` read the secret that signs cursors, and tells it the secret's id. */
  grantCursors(to: Grantee): void {
    grantReading(this.cursors, CURSOR_SECRET_VARIABLE, to);
  }

  /** Lets `to` read the secret that signs access tokens, and tells it the secret's id. */
  grantTokens(to: Grantee): void {
    grantReading(this.tokens, TOKEN_SECRET_VARIABLE, to);
  }
}

function signingSecret(scope: Construct, id: string, description: string): Secret {
  return new Secret(scope, id, {
    description,
    // 64 of 62 letters and digits: 381 bits, more than the 256 that HMAC-SHA256 makes use of.
    generateSecretString: { passwordLength: 64, excludePunctuation: true },
    // In every stage: what goes with it is the place of readers who are half-way through a list, and access
    // tokens, which are good for a quarter of an hour.
    removalPolicy: RemovalPolicy.DESTROY,
  });
}

function grantReading({ secretArn }: Secret, variable: string, to: Grantee): void {
  to.addToRolePolicy(
    new PolicyStatement({ actions: ['secretsmanager:GetSecretValue'], resources: [secretArn] }),
  );
  to.addEnvironment(variable, secretArn);
}
