/** The hosts of Amazon IVS, as it gives them to a channel or a stage: `name` is the part that is theirs alone. */

/** Where an encoder broadcasts to. */
export const ingestHost = (name: string) => `${name}.global-contribute.live-video.net`;

/** Where players get a channel's playlist. */
export const playbackHost = (name: string, region: string) => `${name}.${region}.playback.live-video.net`;
