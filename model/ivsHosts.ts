/**
 * Host names of Amazon IVS. `name` is the part that is unique to a channel or a stage.
 * https://docs.aws.amazon.com/general/latest/gr/ivs.html
 */

/** The host that an encoder sends its broadcast to, over RTMPS. */
export const ingestHost = (name: string) => `${name}.global-contribute.live-video.net`;

/** The host that an encoder sends its broadcast to, over SRT. */
export const srtHost = (name: string) => `${name}.srt.live-video.net`;

/** The host that serves a channel's playlist to players. */
export const playbackHost = (name: string, region: string) => `${name}.${region}.playback.live-video.net`;

/** The host that tells the participants of a Region's stages about events. */
export const stageEventsHost = (region: string) => `${region}.events.live-video.net`;

/** The host that an encoder sends its broadcast to a stage to, over WHIP. */
export const whipHost = (name: string) => `${name}.global-bm.whip.live-video.net`;

/**
 * The hosts that players and stages connect to, for a Content-Security-Policy. Playlists of live streams name hosts that
 * are documented by their domain only.
 * https://docs.aws.amazon.com/ivs/latest/LowLatencyUserGuide/web-content-security-policy.html
 */
export const videoHosts: readonly string[] = ['*.live-video.net'];

/** The WebSocket URL of chat. `urlSuffix` is the domain of the AWS partition. */
export const chatUrl = (region: string, urlSuffix: string) => `wss://edge.ivschat.${region}.${urlSuffix}`;
