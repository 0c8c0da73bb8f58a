import { z } from 'zod';
import type { IvsResource } from '../../../model/functions.ts';
import { deployed } from './resolve.ts';

/** A call of an AWS service. */
export interface AwsCall {
  /** The service for which the request is signed: `dynamodb`, `secretsmanager`, `ivs`, `ivschat`. */
  readonly service: string;
  readonly operation: string;
  readonly input: unknown;
  /** The tags of its resource at the time of the call. */
  readonly resourceTags?: Readonly<Record<string, string>>;
}

/** An action and a resource for which a call needs permission. */
export interface Authorization {
  readonly action: string;
  readonly resource: string;
  /** The condition keys of the call, for example `aws:RequestTag/stack`. */
  readonly context?: Readonly<Record<string, string>>;
}

/**
 * The kinds of resources that IAM checks for an operation. A role needs permission for all of them.
 * https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazoninteractivevideoservice.html
 * https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazoninteractivevideoservicechat.html
 */
const kinds: Readonly<Record<string, readonly IvsResource[]>> = {
  CreateChannel: ['channel', 'stream-key'],
  DeleteChannel: ['channel', 'stream-key'],
  ListStreamKeys: ['channel', 'stream-key'],
  CreateStreamKey: ['stream-key'],
  DeleteStreamKey: ['stream-key'],
  GetChannel: ['channel'],
  GetStream: ['channel'],
  GetStreamSession: ['channel'],
  ListChannels: ['channel'],
  ListStreams: ['channel'],
  PutMetadata: ['channel'],
  StopStream: ['channel'],
  UpdateChannel: ['channel'],
  CreateRoom: ['room'],
  DeleteRoom: ['room'],
  ListRooms: ['room'],
  CreateChatToken: ['room'],
  DeleteMessage: ['room'],
  DisconnectUser: ['room'],
  SendEvent: ['room'],
  CreateStage: ['stage'],
  CreateParticipantToken: ['stage'],
  DisconnectParticipant: ['stage'],
  DeleteStage: ['stage'],
  ListStages: ['stage'],
};

const members = z.record(z.string(), z.unknown());
const tagged = z.object({ tags: z.record(z.string(), z.string()).optional() });

/**
 * Returns the actions and resources for which a call of IVS, IVS Chat or IVS Real-Time needs permission. If the call has
 * no ARN of a resource, as a list or a creation, all resources of the kind are meant. Tags in the request need
 * TagResource on every created resource, because AWS does not document whether this includes a channel's stream key.
 *
 * @throws Error for an unknown operation
 */
export function ivsAuthorizations({
  service,
  operation,
  input,
  resourceTags = {},
}: AwsCall): Authorization[] {
  const touched = kinds[operation];
  if (touched === undefined)
    throw new Error(`the permissions for IVS's ${operation} are unknown: add them to ivsAuthorizations.ts`);
  const { tags } = tagged.parse(input);
  const inRequest = conditionKeys('aws:RequestTag', tags ?? {});
  const authorize = (action: string) => (kind: IvsResource) => {
    const named = arnIn(input, kind);
    return {
      action: `${service}:${action}`,
      resource:
        named ?? `arn:${deployed.partition}:${service}:${deployed.region}:${deployed.account}:${kind}/*`,
      context: {
        ...inRequest,
        ...(named === undefined ? {} : conditionKeys('aws:ResourceTag', resourceTags)),
      },
    };
  };
  return [
    ...touched.map(authorize(operation)),
    ...(tags === undefined ? [] : touched.map(authorize('TagResource'))),
  ];
}

/** Returns the ARN of a resource in a call: of one kind, or of any. */
export function arnIn(input: unknown, kind = '[a-z-]+'): string | undefined {
  const arn = new RegExp(`^arn:[^:]+:ivs(chat)?:[^:]+:\\d+:${kind}/`);
  return Object.values(members.parse(input)).find(
    (value): value is string => typeof value === 'string' && arn.test(value),
  );
}

function conditionKeys(key: string, tags: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(tags).map(([name, value]) => [`${key}/${name}`, value]));
}
