import { RemovalPolicy, SecretValue } from 'aws-cdk-lib';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { Construct } from 'constructs';
import {
  CURSOR_SECRET_VARIABLE,
  ORIGIN_SECRET_VARIABLE,
  TOKEN_SECRET_VARIABLE,
} from '../../model/functionEnvironment.ts';
import type { StageSettings } from '../config/stageSettings.ts';
import { suppressNag } from './nagSuppressions.ts';
import type { Grantee } from './tables.ts';

/** Secrets that Secrets Manager generates, so that no template and no user contains them. */
export class Secrets extends Construct {
  /** The secret that signs access tokens. */
  readonly tokens: Secret;
  private readonly origin: Secret | undefined;
  private readonly cursors: Secret;

  constructor(scope: Construct, id: string, { webApp }: Pick<StageSettings, 'webApp'>) {
    super(scope, id);
    this.cursors = signingSecret(this, 'Cursors', 'Signs the cursors of lists');
    suppressNag(
      this.cursors,
      'AwsSolutions-SMG4',
      "The secret grants no access: a cursor is a position in a list, which is read with the caller's " +
        'permissions.',
    );
    this.tokens = signingSecret(this, 'Tokens', 'Signs access tokens');
    this.origin = webApp ? originSecret(this) : undefined;
  }

  /**
   * Returns the secret with which CloudFront proves to the API that a request came through it. Undefined where
   * CloudFront does not serve the API.
   *
   * @param versionId The version of the secret. Default: the current one.
   */
  originSecret(versionId?: string): SecretValue | undefined {
    if (this.origin === undefined) return undefined;
    return SecretValue.secretsManager(this.origin.secretArn, versionId === undefined ? {} : { versionId });
  }

  /** Allows `to` to read the secret that signs cursors, and sets the variable with its id. */
  grantCursors(to: Grantee): void {
    grantReading(this.cursors, CURSOR_SECRET_VARIABLE, to);
  }

  /** Allows `to` to read the secret that CloudFront sends, and sets the variable with its id. */
  grantOrigin(to: Grantee): void {
    if (this.origin !== undefined) grantReading(this.origin, ORIGIN_SECRET_VARIABLE, to);
  }

  /** Allows `to` to read the secret that signs access tokens, and sets the variable with its id. */
  grantTokens(to: Grantee): void {
    grantReading(this.tokens, TOKEN_SECRET_VARIABLE, to);
  }
}

function originSecret(scope: Construct): Secret {
  const secret = signingSecret(scope, 'Origin', 'Proves to the API that a request came through CloudFront');
  suppressNag(
    secret,
    'AwsSolutions-SMG4',
    'CloudFront gets a new version with a deployment only, so a schedule would separate the two. ' +
      'docs/operations.md says how to replace the secret.',
  );
  return secret;
}

function signingSecret(scope: Construct, id: string, description: string): Secret {
  return new Secret(scope, id, {
    description,
    // 64 characters out of 62 letters and digits are 381 bits, more than the 256 that HMAC-SHA256 uses.
    generateSecretString: { passwordLength: 64, excludePunctuation: true },
    // Deleted in every stage: only open cursors, access tokens, which are valid for 15 minutes, and the CDN depend on
    // them.
    removalPolicy: RemovalPolicy.DESTROY,
  });
}

function grantReading({ secretArn }: Secret, variable: string, to: Grantee): void {
  to.addToRolePolicy(
    new PolicyStatement({ actions: ['secretsmanager:GetSecretValue'], resources: [secretArn] }),
  );
  to.addEnvironment(variable, secretArn);
}
