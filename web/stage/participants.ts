/** A participant, as `amazon-ivs-web-broadcast` describes them. */
export interface ParticipantInfo {
  readonly id: string;
  /** From the token, which the platform has made. */
  readonly attributes: Readonly<Record<string, unknown>>;
  readonly isLocal: boolean;
}

/** Video or sound of a participant. `T` is the track of the browser. */
export interface ParticipantStream<T> {
  readonly id: string;
  readonly isMuted: boolean;
  readonly mediaStreamTrack: T;
}

export interface Participant<T> {
  readonly id: string;
  readonly name: string;
  /** Whether it is the user of this page, who must not hear themselves. */
  readonly isLocal: boolean;
  readonly video: ParticipantStream<T> | undefined;
  readonly audio: ParticipantStream<T> | undefined;
}

/** Everybody who has joined, in the order in which they came. */
export type Participants<T> = ReadonlyMap<string, Participant<T>>;

export type StageChange<T> =
  | { readonly kind: 'joined' | 'left'; readonly info: ParticipantInfo }
  | {
      readonly kind: 'added' | 'removed' | 'changed';
      readonly info: ParticipantInfo;
      readonly streams: readonly (ParticipantStream<T> & { readonly streamType: string })[];
    };

/**
 * Returns the participants after a change that the SDK told. A stream can be told before its participant, and a change
 * twice.
 */
export function afterChange<T>(before: Participants<T>, change: StageChange<T>): Participants<T> {
  const { kind, info } = change;
  const after = new Map(before);
  if (kind === 'left') {
    after.delete(info.id);
    return after;
  }
  let participant = after.get(info.id) ?? newcomer<T>(info);
  for (const { id, isMuted, mediaStreamTrack, streamType } of 'streams' in change ? change.streams : []) {
    if (streamType !== 'video' && streamType !== 'audio') continue;
    const known = participant[streamType];
    // The stream that replaces another one can be told before the other is removed.
    if (kind !== 'added' && known?.id !== id) continue;
    participant = {
      ...participant,
      [streamType]: kind === 'removed' ? undefined : { id, isMuted, mediaStreamTrack },
    };
  }
  return after.set(info.id, participant);
}

function newcomer<T>({ id, attributes, isLocal }: ParticipantInfo): Participant<T> {
  const { displayName, username } = attributes;
  const name = [displayName, username].find(text => typeof text === 'string' && text !== '');
  return { id, name: String(name ?? 'guest'), isLocal, video: undefined, audio: undefined };
}

/** Returns those who are seen or heard, the user of this page first. */
export function publishersOf<T>(participants: Participants<T>): readonly Participant<T>[] {
  const publishers = [...participants.values()].filter(
    ({ video, audio }) => video !== undefined || audio !== undefined,
  );
  return publishers.sort((a, b) => Number(b.isLocal) - Number(a.isLocal));
}
