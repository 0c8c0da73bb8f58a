import { randomBytes } from 'node:crypto';
import { accounts } from '../../domain/accounts/accounts.ts';
import type { ScryptParameters } from '../../domain/accounts/passwords.ts';
import type { TokenIssuer } from '../../domain/accounts/tokens.ts';
import type { CursorCodec } from '../../domain/cursors.ts';
import { type PartnerRule, partnerRuleFrom } from '../../domain/partner.ts';
import type { ViewerTokens } from '../../domain/viewers/viewerTokens.ts';
import type { Budget } from '../../ivs/budget.ts';
import { chatControl } from '../../ivs/chatControl.ts';
import { ingestMetrics } from '../../ivs/ingestMetrics.ts';
import type { ChatControl, IngestMetrics, StageControl, UserResources } from '../../ivs/ports.ts';
import { stageControl } from '../../ivs/stageControl.ts';
import { ivsClients, userResources } from '../../ivs/userResources.ts';
import type { Log } from '../../model/log.ts';
import type { LimitSettings } from '../../model/rateLimit.ts';
import { type TableName, tableNames } from '../../model/tables.ts';
import type { Database } from '../../store/database.ts';
import { databaseFrom } from '../../store/database.ts';
import { type ImageBucket, imageBucketFrom } from '../../store/imageBucket.ts';
import { type Mailer, mailerFrom } from '../../store/mailer.ts';
import { categoriesApp } from './categories/app.ts';
import { channelsApp } from './channels/app.ts';
import { chatApp } from './chat/app.ts';
import { emailApp } from './email/app.ts';
import { followsApp } from './follows/app.ts';
import { httpApp, type Transport } from './http/app.ts';
import type { HttpApp, IsOriginSecret } from './http/context.ts';
import {
  allowedOriginsFrom,
  attachmentsFrom,
  chatEndpointFrom,
  type Environment,
  limitsFrom,
  recordingsUrlFrom,
  shownSinceFrom,
  stackNameFrom,
} from './http/environment.ts';
import { originSecretFrom } from './http/originSecret.ts';
import { refreshCookie } from './http/refreshCookie.ts';
import { guardsWith } from './http/resourceGuards.ts';
import { cursorsFrom, viewerTokensFrom } from './http/secrets.ts';
import { tokensFrom } from './http/tokenSecret.ts';
import { imagesApp } from './images/app.ts';
import { ownChannelApp } from './ownChannel/app.ts';
import { sessionsApp } from './sessions/app.ts';
import { stagesApp } from './stages/app.ts';
import { streamsApp } from './streams/app.ts';
import { systemApp } from './system/app.ts';
import { usersApp } from './users/app.ts';
import { viewersApp } from './viewers/app.ts';

export interface ApiDependencies extends Transport {
  readonly database: Database<TableName>;
  readonly cursors: CursorCodec;
  readonly tokens: TokenIssuer;
  readonly viewerTokens: ViewerTokens;
  readonly resources: UserResources;
  readonly chat: ChatControl;
  readonly stages: StageControl;
  /** The WebSocket URL that chat clients connect to. */
  readonly chatEndpoint: string;
  /** The base URL of recordings, without a slash at the end. */
  readonly recordingsUrl: string;
  /** Returns the start of the oldest streams whose recordings are shown. */
  readonly shownSince: () => string;
  readonly bucket: ImageBucket;
  /** Undefined when the stack sends no mail. */
  readonly mailer: Mailer | undefined;
  readonly partner: PartnerRule;
  readonly limits: LimitSettings;
  /** Proves that a request came through CloudFront, where CloudFront is in front of the API. */
  readonly isOriginSecret?: IsOriginSecret | undefined;
  readonly ingest: IngestMetrics;
  readonly clock: () => Date;
  /** Returns the given number of cryptographically random bytes. */
  readonly random: (bytes: number) => Uint8Array;
  /** Overrides the cost of a new password hash, in tests. */
  readonly scrypt?: ScryptParameters;
  /** Overrides how the request of a new password waits, in tests. */
  readonly wait?: (ms: number, signal?: AbortSignal) => Promise<void>;
  /** Overrides how long a deletion waits for IVS, in tests. */
  readonly timeFor?: (ms: number) => Budget;
}

/** Creates the whole HTTP API as one app, for the local server, the container and tests. */
export function createApi(dependencies: ApiDependencies): HttpApp {
  const account = accounts(dependencies);
  const guards = guardsWith({ ...dependencies, ...account, refreshCookie });
  return httpApp(dependencies, [
    channelsApp({ ...dependencies, guards }),
    streamsApp({ ...dependencies, guards }),
    viewersApp({ ...dependencies, guards }),
    chatApp({ ...dependencies, guards }),
    stagesApp({ ...dependencies, guards }),
    ownChannelApp({ ...dependencies, guards }),
    followsApp({ ...dependencies, guards }),
    categoriesApp(dependencies),
    imagesApp({ ...dependencies, guards }),
    usersApp({ ...dependencies, ...account, guards }),
    sessionsApp({ ...dependencies, ...account, guards }),
    emailApp({ ...dependencies, ...account, guards }),
    systemApp(),
  ]);
}

/**
 * Creates the dependencies of the API from the environment variables that the Lambda functions get.
 * @throws Error that names the first variable that is missing or not valid.
 */
export function apiDependenciesFrom(environment: Environment, logger: Log): ApiDependencies {
  const clock = () => new Date();
  const clients = ivsClients();
  const database = databaseFrom(environment, tableNames);
  const tagging = { stackName: stackNameFrom(environment), clock };
  return {
    database,
    bucket: imageBucketFrom(environment, database),
    mailer: mailerFrom(environment),
    cursors: cursorsFrom(environment),
    tokens: tokensFrom(environment, clock),
    viewerTokens: viewerTokensFrom(environment),
    resources: userResources(clients, tagging, attachmentsFrom(environment)),
    chat: chatControl(clients.chat),
    stages: stageControl(clients.realTime),
    chatEndpoint: chatEndpointFrom(environment),
    recordingsUrl: recordingsUrlFrom(environment),
    shownSince: shownSinceFrom(environment, clock),
    partner: partnerRuleFrom(environment),
    limits: limitsFrom(environment),
    isOriginSecret: originSecretFrom(environment, { clock, logger }),
    ingest: ingestMetrics(database.client.config, environment),
    clock,
    random: randomBytes,
    allowedOrigins: allowedOriginsFrom(environment),
    logger,
  };
}
