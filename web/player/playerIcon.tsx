const paths = {
  play: 'M7 4v16l13-8L7 4Z',
  pause: 'M6 4h4v16H6zM14 4h4v16h-4z',
  sound: 'M4 9v6h4l5 5V4L8 9H4ZM16 8.5a5 5 0 0 1 0 7l1.4 1.4a7 7 0 0 0 0-9.8L16 8.5Z',
  muted: 'M4 9v6h4l5 5V4L8 9H4ZM16 9l6 6-1.2 1.2-6-6L16 9Zm4.8 0L22 10.2l-6 6-1.2-1.2 6-6Z',
  fullscreen: 'M4 4h6v2H6v4H4V4Zm10 0h6v6h-2V6h-4V4ZM4 14h2v4h4v2H4v-6Zm14 0h2v6h-6v-2h4v-4Z',
} as const;

/** The picture of a control of the player. Its button has the name. */
export function PlayerIcon({ name }: { readonly name: keyof typeof paths }) {
  return (
    <svg width="22" height="22" viewBox="0 0 24 24" fill="currentColor" aria-hidden="true">
      <path d={paths[name]} />
    </svg>
  );
}
