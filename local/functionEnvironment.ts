import type { Attachments } from '../ivs/ports.ts';
import {
  ALLOWED_ORIGINS_VARIABLE,
  CHAT_ENDPOINT_VARIABLE,
  CHAT_LOGGING_VARIABLE,
  CURSOR_SECRET_VARIABLE,
  IMAGES_BUCKET_VARIABLE,
  LIMITS_VARIABLE,
  MAIL_FROM_VARIABLE,
  PARTNER_FOLLOWER_AGE_VARIABLE,
  PARTNER_FOLLOWERS_VARIABLE,
  RECORDING_CONFIGURATION_VARIABLE,
  RECORDINGS_URL_VARIABLE,
  REVIEW_FALLBACK_VARIABLE,
  REVIEW_HANDLER_VARIABLE,
  STACK_NAME_VARIABLE,
  TOKEN_SECRET_VARIABLE,
} from '../model/functionEnvironment.ts';
import { applyLocalEndpoint } from '../model/localEndpoint.ts';
import { defaultLimits } from '../model/rateLimit.ts';
import { type TableName, tableNames } from '../model/tables.ts';
import { tableVariable } from '../model/tableVariable.ts';

export interface FunctionEnvironmentOptions {
  readonly awsPort: number;
  readonly region: string;
  readonly dynamodbEndpoint: string;
  readonly cursorSecretId: string;
  readonly tokenSecretId: string;
  readonly stackName: string;
  readonly partnerFollowers: number;
  readonly recordingsUrl: string;
  readonly imagesBucket: string;
  readonly chatEndpoint: string;
  readonly attachments: Attachments;
  readonly names: Readonly<Record<TableName, string>>;
}

/**
 * Sets the environment variables that the stack sets for its functions, and the endpoint variables of the
 * SDK. The functions' code is the same in local mode and in Lambda. A process can have only one local stack.
 */
export function setFunctionEnvironment(
  environment: NodeJS.ProcessEnv,
  options: FunctionEnvironmentOptions,
): void {
  const { awsPort, region, dynamodbEndpoint, attachments, names } = options;
  Object.assign(environment, { LOCAL: '1', AWS_PORT: String(awsPort), AWS_REGION: region });
  applyLocalEndpoint(environment);
  Object.assign(environment, {
    // Without this the requests would reach the engine through the AWS endpoint.
    AWS_ENDPOINT_URL_DYNAMODB: dynamodbEndpoint,
    [CURSOR_SECRET_VARIABLE]: options.cursorSecretId,
    [TOKEN_SECRET_VARIABLE]: options.tokenSecretId,
    [STACK_NAME_VARIABLE]: options.stackName,
    [PARTNER_FOLLOWERS_VARIABLE]: String(options.partnerFollowers),
    // A new follower counts immediately, so that a developer can make a channel a partner.
    [PARTNER_FOLLOWER_AGE_VARIABLE]: '0',
    [LIMITS_VARIABLE]: JSON.stringify(defaultLimits),
    // The mailbox of the AWS endpoint keeps all mails.
    [MAIL_FROM_VARIABLE]: 'Live <live@local.example>',
    [RECORDINGS_URL_VARIABLE]: options.recordingsUrl,
    [IMAGES_BUCKET_VARIABLE]: options.imagesBucket,
    [CHAT_ENDPOINT_VARIABLE]: options.chatEndpoint,
    [RECORDING_CONFIGURATION_VARIABLE]: attachments.recordingConfigurationArn,
    [REVIEW_HANDLER_VARIABLE]: attachments.reviewHandlerArn,
    [REVIEW_FALLBACK_VARIABLE]: attachments.reviewFallback,
    [CHAT_LOGGING_VARIABLE]: attachments.loggingConfigurationArn,
    // Web pages in development can have any origin.
    [ALLOWED_ORIGINS_VARIABLE]: '*',
    ...Object.fromEntries(tableNames.map(name => [tableVariable(name), names[name]])),
  });
}
