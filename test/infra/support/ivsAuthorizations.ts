import { z } from 'zod';
import type { IvsResource } from '../../../model/functions.ts';
import { deployed } from './resolve.ts';

/** A call of an AWS service, as it was sent. */
export interface AwsCall {
  /** The service the request was signed for: `dynamodb`, `secretsmanager`, `ivs`, `ivschat`. */
  readonly service: string;
  readonly operation: string;
  readonly input: unknown;
  /** The tags that the resource it names had when it was sent. */
  readonly resourceTags?: Readonly<Record<string, string>>;
}

/** What IAM is asked before a call is let through. */
export interface Authorization {
  readonly action: string;
  readonly resource: string;
  /** The condition keys that IAM knows then, as `aws:RequestTag/stack`. */
  readonly context?: Readonly<Record<string, string>>;
}

/**
 * The kinds of resources that IAM looks at for an operation: a role must be allowed it on all of them.
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
 * What IAM is asked about a call of IVS, IVS Chat or IVS Real-Time. A resource that the call does not name, as in
 * a list or when it is to be made, stands as all of its kind. Tags in the request must be allowed as TagResource: on
 * all that is made, since AWS does not say whether a channel's stream key is asked about with it.
 * @throws Error on an operation it does not know.
 */
export function ivsAuthorizations({
  service,
  operation,
  input,
  resourceTags = {},
}: AwsCall): Authorization[] {
  const touched = kinds[operation];
  if (touched === undefined) throw new Error(`what IAM asks about IVS's ${operation} is not known here`);
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

/** The ARN that a call names of a resource of some kind, or of any. */
export function arnIn(input: unknown, kind = '[a-z-]+'): string | undefined {
  const arn = new RegExp(`^arn:[^:]+:ivs(chat)?:[^:]+:\\d+:${kind}/`);
  return Object.values(members.parse(input)).find(
    (value): value is string => typeof value === 'string' && arn.test(value),
  );
}

function conditionKeys(key: string, tags: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(tags).map(([name, value]) => [`${key}/${name}`, value]));
}
