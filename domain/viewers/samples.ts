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
import type { CountViewer } from '../../store/viewerCounts.ts';
import type { Added } from '../../store/viewerMinutes.ts';
import { RefusedValuesError } from '../errors.ts';
import { type JoinDependencies, join, type NewViewer } from './join.ts';
import { secondsToNextSample, weightOf, weightOfViewer } from './panel.ts';
import type { ViewerClaims } from './viewerTokens.ts';

export interface SampleDependencies extends JoinDependencies {
  readonly countViewer: CountViewer;
}

export interface SampleRequest extends NewViewer {
  /** As the answer to the sample before gave it. */
  readonly viewerToken: string | undefined;
  readonly playback: Playback;
}

/** What a player is told: what to send with its next sample, and when. */
export interface TakenSample {
  readonly viewerToken: string;
  readonly nextSampleInSeconds: number;
}

const SAMPLE_KEPT_SECONDS = 24 * 3600;

/**
 * Takes one viewer's sample. Time and network are what the server knows of them.
 *
 * With a good token it reads nothing, and makes two database requests for the first sample of a viewer in a minute: see
 * `viewerCounter`. The token that is answered says that it was counted, so the second of the minute makes none. Whoever
 * has no token, or one that has expired, joins: see there.
 *
 * Where a minute's row has too many writers, the viewer goes uncounted and is asked half as often, for twice as many,
 * until the token expires.
 *
 * @throws RefusedValuesError when the token is not one that this stream's metrics gave
 * @throws NotFoundError, ConflictError, TooManyRequestsError from `join`
 */
export async function takeSample(
  dependencies: SampleDependencies,
  request: SampleRequest,
): Promise<TakenSample> {
  const { tokens, clock } = dependencies;
  const now = clock();
  const given = await claimsOf(dependencies, request);
  const isGood = given !== undefined && now.getTime() < given.expiresAt && isFor(given, request);
  const viewer = isGood ? given : await join(dependencies, request, given);
  const minute = minuteOf(now);
  const isAsked = viewer.weight > 0 && viewer.countedMinute !== minute;
  const after = isAsked ? await counted(dependencies, request, viewer, now) : viewer;
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
  const message =
    'must be the one that the last sample of this stream was answered with; leave it out to join';
  throw new RefusedValuesError([{ field: 'viewerToken', message }]);
}

/** Whether a token was given for the channel that is asked for: else its owner was renamed, or another took the name. */
const isFor = ({ usernameKey }: ViewerClaims, { username }: SampleRequest) =>
  usernameKey === usernameKeyOf(username);

/** Counts a viewer in the minute of `now`, and gives what the token is to say after it. */
async function counted(
  { countViewer, tokens }: SampleDependencies,
  { networks, playback }: SampleRequest,
  viewer: ViewerClaims,
  now: Date,
): Promise<ViewerClaims> {
  const { streamId, viewerId, weight } = viewer;
  const [time, minute] = [toTimestamp(now), minuteOf(now)];
  const sample: ViewerSample = {
    ...playback,
    viewer: `${streamId}#${viewerId}`,
    minute,
    networkHash: await tokens.pseudonym('network', streamId, networks.address),
    weight,
    expiresAt: Math.floor(now.getTime() / 1000) + SAMPLE_KEPT_SECONDS,
    createdAt: time,
    updatedAt: time,
  };
  const added = additionsOf(playback, weight);
  const viewers = await countViewer({ streamId, minute, sample, added, mark: seedMarkOf(viewer) });
  if (viewers === 'before') return { ...viewer, countedMinute: minute };
  if (viewers === 'throttled') return { ...viewer, weight: weightOfViewer(viewerId, 2 * weight) };
  // What the row says on the way: an audience that has grown needs no reading to be noticed.
  const grown = Math.max(weight, weightOf(viewers));
  return { ...viewer, weight: weightOfViewer(viewerId, grown), countedMinute: minute };
}

/** What one who counts for `weight` viewers adds to the row of a minute. */
export function additionsOf(playback: Playback, weight: number): Added {
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
