import type { Attachments } from '../ivs/ports.ts';
import {
  ALLOWED_ORIGINS_VARIABLE,
  CHAT_ENDPOINT_VARIABLE,
  CHAT_LOGGING_VARIABLE,
  CURSOR_SECRET_VARIABLE,
  LIMITS_VARIABLE,
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
import { type TableName, tableNames, tableVariable } from '../model/tables.ts';

export interface FunctionEnvironmentOptions {
  readonly awsPort: number;
  readonly region: string;
  readonly dynamodbEndpoint: string;
  readonly cursorSecretId: string;
  readonly tokenSecretId: string;
  readonly stackName: string;
  readonly partnerFollowers: number;
  readonly recordingsUrl: string;
  readonly chatEndpoint: string;
  readonly attachments: Attachments;
  readonly names: Readonly<Record<TableName, string>>;
}

/**
 * Sets in `environment` what the stack sets for its functions, and where the SDK finds the local services: the only
 * things in which local mode differs from Lambda. A process has one local stack, as a Lambda has one environment.
 */
export function setFunctionEnvironment(
  environment: NodeJS.ProcessEnv,
  options: FunctionEnvironmentOptions,
): void {
  const { awsPort, region, dynamodbEndpoint, attachments, names } = options;
  Object.assign(environment, { LOCAL: '1', AWS_PORT: String(awsPort), AWS_REGION: region });
  applyLocalEndpoint(environment);
  Object.assign(environment, {
    // The endpoint would hand DynamoDB's requests on to the engine all the same.
    AWS_ENDPOINT_URL_DYNAMODB: dynamodbEndpoint,
    [CURSOR_SECRET_VARIABLE]: options.cursorSecretId,
    [TOKEN_SECRET_VARIABLE]: options.tokenSecretId,
    [STACK_NAME_VARIABLE]: options.stackName,
    [PARTNER_FOLLOWERS_VARIABLE]: String(options.partnerFollowers),
    // So that one can become a partner by hand.
    [PARTNER_FOLLOWER_AGE_VARIABLE]: '0',
    [LIMITS_VARIABLE]: JSON.stringify(defaultLimits),
    [RECORDINGS_URL_VARIABLE]: options.recordingsUrl,
    [CHAT_ENDPOINT_VARIABLE]: options.chatEndpoint,
    [RECORDING_CONFIGURATION_VARIABLE]: attachments.recordingConfigurationArn,
    [REVIEW_HANDLER_VARIABLE]: attachments.reviewHandlerArn,
    [REVIEW_FALLBACK_VARIABLE]: attachments.reviewFallback,
    [CHAT_LOGGING_VARIABLE]: attachments.loggingConfigurationArn,
    // Any page on this computer may be developed against the API.
    [ALLOWED_ORIGINS_VARIABLE]: '*',
    ...Object.fromEntries(tableNames.map(name => [tableVariable(name), names[name]])),
  });
}
