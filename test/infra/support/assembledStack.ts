import { DeleteTableCommand } from '@aws-sdk/client-dynamodb';
import { cloudWatch } from '../../../local/awsEndpoint/cloudWatch.ts';
import type { AwsReply } from '../../../local/awsEndpoint/http.ts';
import { ivsChatService, ivsService } from '../../../local/awsEndpoint/ivs.ts';
import { type Mailbox, mailbox } from '../../../local/awsEndpoint/mailbox.ts';
import { objectStore } from '../../../local/awsEndpoint/objectStore.ts';
import { s3Service } from '../../../local/awsEndpoint/s3.ts';
import { secretsManager } from '../../../local/awsEndpoint/secretsManager.ts';
import { type Engine, startEngine } from '../../../local/dynamo/engine.ts';
import { unlimited } from '../../../local/ivs/quotas.ts';
import { type IvsSimulator, ivsSimulator } from '../../../local/ivs/simulator.ts';
import { nullStateStore } from '../../../local/stateStore.ts';
import { IMAGES_BUCKET_VARIABLE } from '../../../model/functionEnvironment.ts';
import { type Database, documentClient } from '../../../store/database.ts';
import { localCredentials } from '../../support/database.ts';
import { devAssembly } from './assembly.ts';
import { type AwsRecorder, engineService, startAwsRecorder } from './awsRecorder.ts';
import { type DeployedFunction, functionOf, functionsOf } from './functions.ts';
import { type AwsCall, arnIn } from './ivsAuthorizations.ts';
import { type LambdaProcess, startLambda } from './lambdaProcess.ts';
import { deployed, resolveString } from './resolve.ts';
import { type CfnTemplate, onlyResource, resourcesOf } from './template.ts';
import { createTemplateTables } from './templateTables.ts';

/**
 * The stack that its template describes: its tables in a real engine, and its functions running from their bundles
 * with their environment variables. Every AWS call of the functions is recorded.
 */
export interface AssembledStack {
  readonly template: CfnTemplate;
  readonly functions: readonly DeployedFunction[];
  readonly database: Database;
  /** The secret that signs access tokens. */
  readonly tokenSecretArn: string;
  /** IVS, as the functions see it. */
  readonly ivs: IvsSimulator;
  /** The mails that the functions sent. */
  readonly mailbox: Mailbox;
  /** Invokes a function with an event. The first event starts the function. */
  invoke(service: string, event: unknown): Promise<unknown>;
  /** The AWS calls that a function has made so far. */
  callsOf(service: string): readonly AwsCall[];
  logOf(service: string): string;
  /** Creates the tables again, empty. */
  emptyTables(): Promise<void>;
  /** Refuses the next call that a function makes of an AWS operation with `resource`. The function must be running. */
  refuseNext(service: string, operation: string, resource: string, reply?: AwsReply): void;
  stop(): Promise<void>;
}

interface Running {
  readonly lambda: LambdaProcess;
  readonly calls: readonly AwsCall[];
  readonly refuseNext: AwsRecorder['refuseNext'];
  stop(): Promise<void>;
}

/** The first values of the stack's secrets in Secrets Manager. */
export const SECRET = 'a'.repeat(32) + 'B'.repeat(32);

export async function assembleStack(): Promise<AssembledStack> {
  const { template, assetFolder } = devAssembly();
  const engine: Engine = await startEngine();
  const client = documentClient({ ...localCredentials, endpoint: engine.endpoint });
  const names = await createTemplateTables(client, template);
  const functions = functionsOf(template);
  const { account, region } = deployed;
  const ivs = ivsSimulator({ emit: () => {}, quota: unlimited, account, region });
  const secrets = resourcesOf(template, 'AWS::SecretsManager::Secret').map(({ logicalId }) => {
    const arn = resolveString(template, { Ref: logicalId });
    return { name: arn, arn, value: SECRET, createdAt: new Date(0) };
  });
  const mails = mailbox(nullStateStore, () => new Date());
  const services = {
    ses: mails.ses,
    dynamodb: engineService(engine.endpoint),
    secretsmanager: secretsManager(secrets),
    ivs: ivsService(ivs),
    ivschat: ivsChatService(ivs),
    monitoring: cloudWatch(channelId => ivs.streamed(channelId)),
    s3: s3Service({
      bucket: functionOf(functions, 'images').Environment.Variables[IMAGES_BUCKET_VARIABLE] ?? '',
      objects: objectStore(nullStateStore),
      secretAccessKey: 'local',
      clock: () => new Date(),
    }),
  };
  const tagsOf = (input: unknown) => {
    const { channels, rooms, stages } = ivs.resources();
    const arn = arnIn(input);
    return [...channels, ...rooms, ...stages].find(resource => resource.arn === arn)?.tags ?? {};
  };

  const start = async (service: string): Promise<Running> => {
    const fn = functionOf(functions, service);
    const recorder = await startAwsRecorder(services, tagsOf);
    const folder = assetFolder(fn.Code.S3Key.replace(/\.zip$/, ''));
    const lambda = startLambda(fn, folder, recorder.endpoint);
    return {
      lambda,
      calls: recorder.calls,
      refuseNext: recorder.refuseNext,
      stop: async () => {
        await lambda.stop();
        await recorder.stop();
      },
    };
  };
  const running = new Map<string, Promise<Running>>();
  const started = new Map<string, Running>();

  return {
    template,
    functions,
    database: { client, names },
    tokenSecretArn: resolveString(
      template,
      onlyResource(template, 'AWS::SecretsManager::RotationSchedule').Properties['SecretId'],
    ),
    ivs,
    mailbox: mails,
    invoke: async (service, event) => {
      const starting = running.get(service) ?? start(service);
      running.set(service, starting);
      const { lambda } = await starting;
      started.set(service, await starting);
      return lambda.invoke(event);
    },
    callsOf: service => started.get(service)?.calls ?? [],
    logOf: service => started.get(service)?.lambda.log() ?? '',
    emptyTables: async () => {
      for (const TableName of Object.values(names)) await client.send(new DeleteTableCommand({ TableName }));
      await createTemplateTables(client, template);
    },
    refuseNext: (service, operation, resource, reply) => {
      const found = started.get(service);
      if (found === undefined) throw new Error(`${service} has not been invoked`);
      found.refuseNext(operation, resource, reply);
    },
    stop: async () => {
      for (const { stop } of await Promise.all(running.values())) await stop();
      client.destroy();
      await engine.stop();
    },
  };
}
