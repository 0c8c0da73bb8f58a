import { PARTNER_FOLLOWERS_VARIABLE } from '../model/functionEnvironment.ts';
import { LOCAL_REGION, localPorts } from '../model/localEndpoint.ts';
import { CommandError, readFlag, readPort, readRegion, stackNameOf } from '../model/variables.ts';

/** The settings of the local stack that the environment variables set. */
export interface LocalSettings {
  readonly stackName: string;
  readonly region: string;
  /** 0 selects any free port. */
  readonly apiPort: number;
  readonly awsPort: number;
  /** The number of followers at which a channel becomes a partner. */
  readonly partnerFollowers: number;
  /** Whether seeded live channels get viewers and chat messages while the stack runs. */
  readonly isSimulated: boolean;
  /** The file that stores the data. When absent, the data is in memory. */
  readonly databaseFile?: string | undefined;
  /** The URL of a running DynamoDB engine, used instead of the embedded one. */
  readonly dynamodbEndpoint?: string | undefined;
}

/** Small enough to reach with a few manual requests. */
const PARTNER_FOLLOWERS = 3;

/**
 * Reads the settings from the environment variables, and checks their values.
 * @throws CommandError, VariableError
 */
export function readSettings(environment: NodeJS.ProcessEnv): LocalSettings {
  const dynamodbEndpoint = environment['DYNAMODB_ENDPOINT'] || undefined;
  if (dynamodbEndpoint !== undefined && !/^https?:$/.test(protocolOf(dynamodbEndpoint))) {
    throw new CommandError(
      `DYNAMODB_ENDPOINT must be an http or https URL (got ${JSON.stringify(dynamodbEndpoint)})`,
    );
  }
  const databaseFile = environment['DB'] || undefined;
  if (databaseFile !== undefined && dynamodbEndpoint !== undefined) {
    throw new CommandError(
      'DB and DYNAMODB_ENDPOINT cannot be used together: DB is a file of the embedded engine. Set only one of them.',
    );
  }
  return {
    stackName: stackNameOf(environment),
    region: readRegion(environment) ?? LOCAL_REGION,
    apiPort: readPort(environment, 'PORT', localPorts.api),
    awsPort: readPort(environment, 'AWS_PORT', localPorts.aws),
    partnerFollowers: readPartnerFollowers(environment[PARTNER_FOLLOWERS_VARIABLE]),
    isSimulated: !environment['SIMULATION'] || readFlag(environment, 'SIMULATION'),
    databaseFile,
    dynamodbEndpoint,
  };
}

function readPartnerFollowers(text: string | undefined): number {
  if (text === undefined || text === '') return PARTNER_FOLLOWERS;
  if (/^[1-9]\d{0,8}$/.test(text)) return Number(text);
  throw new CommandError(
    `${PARTNER_FOLLOWERS_VARIABLE} must be a whole number from 1 to 999999999 (got ${JSON.stringify(text)})`,
  );
}

function protocolOf(text: string): string {
  return URL.canParse(text) ? new URL(text).protocol : '';
}
