/** Host names of Amazon IVS. `name` is the part that is unique to a channel or a stage. */

/** The host that an encoder sends its broadcast to. */
export const ingestHost = (name: string) => `${name}.global-contribute.live-video.net`;

/** The host that serves a channel's playlist to players. */
export const playbackHost = (name: string, region: string) => `${name}.${region}.playback.live-video.net`;
