/** A name of `model/` as a construct's id: `streamEvents` is `StreamEvents`. */
export const constructId = (name: string): string => `${name.charAt(0).toUpperCase()}${name.slice(1)}`;
