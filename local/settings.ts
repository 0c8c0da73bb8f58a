import { LOCAL_REGION, localPorts, readPort } from '../model/localEndpoint.ts';
import { LocalStartError } from './startError.ts';

/** What a person may choose of the local stack. */
export interface LocalSettings {
  readonly stackName: string;
  readonly region: string;
  /** 0 takes any free port. */
  readonly apiPort: number;
  readonly awsPort: number;
  /** A file that keeps the data; absent, it is in memory. */
  readonly databaseFile?: string | undefined;
  /** An engine that is running already, instead of one that is started. */
  readonly dynamodbEndpoint?: string | undefined;
}

/**
 * Reads `PORT`, `AWS_PORT`, `DB`, `DYNAMODB_ENDPOINT`, `AWS_REGION`, `STACK` and `STAGE`.
 * @throws LocalStartError, PortError
 */
export function readSettings(environment: NodeJS.ProcessEnv): LocalSettings {
  const dynamodbEndpoint = environment['DYNAMODB_ENDPOINT'] || undefined;
  if (dynamodbEndpoint !== undefined && !/^https?:$/.test(protocolOf(dynamodbEndpoint))) {
    throw new LocalStartError(`DYNAMODB_ENDPOINT must be a URL, not ${JSON.stringify(dynamodbEndpoint)}`);
  }
  const databaseFile = environment['DB'] || undefined;
  if (databaseFile !== undefined && dynamodbEndpoint !== undefined) {
    throw new LocalStartError(
      'DB is a file of the embedded engine, and DYNAMODB_ENDPOINT uses another: set one of them',
    );
  }
  return {
    stackName: environment['STACK'] || `UGC-${environment['STAGE'] || 'dev'}`,
    region: environment['AWS_REGION'] || LOCAL_REGION,
    apiPort: readPort(environment, 'PORT', localPorts.api),
    awsPort: readPort(environment, 'AWS_PORT', localPorts.aws),
    databaseFile,
    dynamodbEndpoint,
  };
}

function protocolOf(text: string): string {
  return URL.canParse(text) ? new URL(text).protocol : '';
}
