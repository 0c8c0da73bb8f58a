import { seedMarkOf } from '../../model/row.ts';
import { toTimestamp } from '../../model/time.ts';
import { usernameKeyOf } from '../../model/username.ts';
import {
  minuteOf,
  type Playback,
  type ViewerDimension,
  type ViewerSample,
  viewerKinds,
  viewerMeasures,
} from '../../model/viewerMinute.ts';
import type { RecordViewers } from '../../store/currentViewers.ts';
import type { CountViewer } from '../../store/viewerCounts.ts';
import type { MinuteAdditions } from '../../store/viewerMinutes.ts';
import type { AddViews } from '../../store/views.ts';
import { RefusedValuesError } from '../errors.ts';
import { type JoinDependencies, join, type NewViewer } from './join.ts';
import { secondsToNextSample, weightOf, weightOfViewer } from './panel.ts';
import type { ViewerClaims } from './viewerTokens.ts';
import { shownViews } from './views.ts';

export interface SampleDependencies extends JoinDependencies {
  readonly countViewer: CountViewer;
  /** Called for the first sample of a stream in a minute. */
  readonly recordViewers: RecordViewers;
  /** Called for a new viewer with whom the audience of a minute has grown noticeably. */
  readonly recordPeak: RecordViewers;
  /** Adds to the views of a stream. */
  readonly addViews: AddViews;
}

export interface SampleRequest extends NewViewer {
  /** The token from the answer to the previous sample. */
  readonly viewerToken: string | undefined;
  readonly playback: Playback;
}

/** The answer to a player: the token for its next sample, and when to send it. */
export interface TakenSample {
  readonly viewerToken: string;
  readonly nextSampleInSeconds: number;
}

const SAMPLE_TTL_SECONDS = 24 * 3600;

/**
 * Accepts one viewer's sample. The server determines the time and the network.
 *
 * With a valid token it reads nothing and makes two database requests for a viewer's first sample in a minute
 * (see `viewerCounter`). The returned token records that the minute was counted, so the second sample of the
 * minute makes no request. The first sample of all viewers in a minute makes one to three more, which record the
 * viewers of the stream (see `viewersRecorder`). A new viewer with whom the minute's audience has grown noticeably makes one
 * more, which raises the stream's peak, and one more if the minute's new viewers have grown noticeably, which adds them
 * to the stream's views. A viewer without a token or with an expired token joins (see `join`).
 *
 * If a minute's row has too many writers, the viewer is not counted, and until the token expires the panel is
 * halved and its members count for twice as many viewers.
 *
 * @throws RefusedValuesError when the token was not issued for this stream
 * @throws NotFoundError, ConflictError or TooManyRequestsError as `join` does
 */
export async function takeSample(
  dependencies: SampleDependencies,
  request: SampleRequest,
): Promise<TakenSample> {
  const { tokens, clock } = dependencies;
  const now = clock();
  const claims = await claimsOf(dependencies, request);
  const isValid = claims !== undefined && now.getTime() < claims.expiresAt && isFor(claims, request);
  // A valid token of a viewer who was not counted yet is from a join whose count was throttled.
  const { claims: viewer, isNew } = isValid
    ? { claims, isNew: claims.countedMinute === undefined }
    : await join(dependencies, request, claims);
  const minute = minuteOf(now);
  const mustCount = viewer.weight > 0 && viewer.countedMinute !== minute;
  const after = mustCount ? await counted(dependencies, request, { viewer, isNew }, now) : viewer;
  const untilExpiry = Math.ceil((after.expiresAt - now.getTime()) / 1000);
  return {
    viewerToken: await tokens.sign(after),
    nextSampleInSeconds: after.weight === 0 ? untilExpiry : secondsToNextSample(after.viewerId, now),
  };
}

async function claimsOf({ tokens }: SampleDependencies, { viewerToken, streamId }: SampleRequest) {
  if (viewerToken === undefined) return undefined;
  const claims = await tokens.read(viewerToken);
  if (claims?.streamId === streamId) return claims;
  const message = 'must be the token from the answer to the previous sample of this stream; omit it to join';
  throw new RefusedValuesError([{ field: 'viewerToken', message }]);
}

/**
 * Returns whether a token was issued for the requested channel. It was not if the owner was renamed or
 * another user took the name.
 */
const isFor = ({ usernameKey }: ViewerClaims, { username }: SampleRequest) =>
  usernameKey === usernameKeyOf(username);

/** Counts a viewer in the minute of `now`, and returns the claims of the next token. */
async function counted(
  { countViewer, recordViewers, recordPeak, addViews, tokens }: SampleDependencies,
  { networks, playback }: SampleRequest,
  { viewer, isNew }: { readonly viewer: ViewerClaims; readonly isNew: boolean },
  now: Date,
): Promise<ViewerClaims> {
  const { channelId, streamId, viewerId, weight } = viewer;
  const [time, minute] = [toTimestamp(now), minuteOf(now)];
  const sample: ViewerSample = {
    ...playback,
    viewer: `${streamId}#${viewerId}`,
    minute,
    networkHash: await tokens.pseudonym('network', streamId, networks.address),
    weight,
    expiresAt: Math.floor(now.getTime() / 1000) + SAMPLE_TTL_SECONDS,
    createdAt: time,
    updatedAt: time,
  };
  const added = { ...additionsOf(playback, weight), ...(isNew ? { views: weight } : {}) };
  const count = await countViewer({ streamId, minute, sample, added, mark: seedMarkOf(viewer) });
  if (count === 'before') return { ...viewer, countedMinute: minute };
  if (count === 'throttled') return { ...viewer, weight: weightOfViewer(viewerId, 2 * weight) };
  const { viewers, views = 0 } = count;
  const newViews = shownViews(views) - shownViews(views - weight);
  if (isNew && newViews > 0) await addViews({ channelId, streamId }, newViews);
  // Exactly one sample is the first of its minute, so this work is done once per stream and minute.
  if (viewers === weight) await recordViewers({ channelId, streamId, minute, viewers });
  // An audience reaches a new peak only with new viewers. Without this, a peak in a stream's last minute would be lost.
  else if (viewer.countedMinute === undefined && isStep(viewers, weight))
    await recordPeak({ channelId, streamId, minute, viewers });
  // The row's count shows whether the audience has grown, without another read.
  const grown = Math.max(weight, weightOf(viewers));
  return { ...viewer, weight: weightOfViewer(viewerId, grown), countedMinute: minute };
}

/**
 * Returns whether an audience that has grown by `by` to `viewers` is noticeably larger: by one up to 16 viewers, and
 * beyond by 10 %. A crowd of any size that arrives at once then raises the peak at most 90 times.
 */
function isStep(viewers: number, by: number): boolean {
  const step = (count: number) => Math.floor(Math.log(count) / Math.log(1.1));
  return viewers <= 16 || step(viewers) > step(viewers - by);
}

/** Returns what a viewer with this weight adds to the row of a minute. */
export function additionsOf(playback: Playback, weight: number): MinuteAdditions {
  const measures = viewerMeasures.map(name => {
    const value = playback[name];
    return value === undefined ? [`${name}Unknown`, weight] : [`${name}Sum`, value * weight];
  });
  // Every row has all sums.
  const sums = viewerMeasures.map(name => [`${name}Sum`, 0]);
  const kinds = dimensions.flatMap(dimension => {
    const kind = playback[dimension];
    return kind === undefined ? [] : [[`${dimension}:${kind}`, weight]];
  });
  return { viewers: weight, ...Object.fromEntries([...sums, ...measures, ...kinds]) };
}

const dimensions = Object.keys(viewerKinds) as ViewerDimension[];
