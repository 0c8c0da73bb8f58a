// Drawn on a grid of 24 with strokes of 2, so they look alike.
const paths = {
  search: 'M11 4a7 7 0 1 1 0 14 7 7 0 0 1 0-14Zm5 12 4 4',
  signal: 'M7 7a7 7 0 0 0 0 10M17 7a7 7 0 0 1 0 10M12 11a1 1 0 1 1 0 2 1 1 0 0 1 0-2Z',
  heart: 'M12 20S4 15 4 9a4.2 4.2 0 0 1 8-1.8A4.2 4.2 0 0 1 20 9c0 6-8 11-8 11Z',
  person: 'M12 4a4 4 0 1 1 0 8 4 4 0 0 1 0-8ZM4.5 20a7.5 7.5 0 0 1 15 0',
  offline: 'M4 4l16 16M8.5 8.5A7 7 0 0 0 7 17M17 7a7 7 0 0 1 1.6 7.8M12 12h.01',
  sun: 'M12 8a4 4 0 1 1 0 8 4 4 0 0 1 0-8ZM12 2v2M12 20v2M2 12h2M20 12h2M5 5l1.4 1.4M17.6 17.6 19 19M5 19l1.4-1.4M17.6 6.4 19 5',
  moon: 'M20 14.5A8 8 0 0 1 9.5 4 8 8 0 1 0 20 14.5Z',
  send: 'M4 12 20 4l-5 16-3.5-6.5L4 12Z',
  trash: 'M5 7h14M10 7V4h4v3M7 7l1 13h8l1-13',
  ban: 'M12 4a8 8 0 1 1 0 16 8 8 0 0 1 0-16ZM6.5 6.5l11 11',
  settings: 'M4 7h10M18 7h2M4 17h2M10 17h10M14 5v4M6 15v4',
  more: 'M6 12h.01M12 12h.01M18 12h.01',
  close: 'M6 6l12 12M18 6 6 18',
  play: 'M8 5v14l11-7L8 5Z',
  copy: 'M9 9h10v10H9zM15 9V5H5v10h4',
  check: 'M5 12.5 10 17.5 19.5 7',
  down: 'M6 9.5l6 6 6-6',
  home: 'M4 11l8-7 8 7v9h-5v-6H9v6H4v-9Z',
  chart: 'M4 4v16h16M8 16v-4M12 16V8M16 16v-6',
  shield: 'M12 3l7 3v6c0 4.5-3 7.5-7 9-4-1.5-7-4.5-7-9V6l7-3ZM9 12l2 2 4-4',
  mic: 'M12 3a3 3 0 0 1 3 3v5a3 3 0 0 1-6 0V6a3 3 0 0 1 3-3ZM5.5 11a6.5 6.5 0 0 0 13 0M12 17.5V21',
  video: 'M3 7h12v10H3zM15 11l6-3.5v9L15 13',
  users:
    'M9 5a3.5 3.5 0 1 1 0 7 3.5 3.5 0 0 1 0-7ZM2.5 19a6.5 6.5 0 0 1 13 0M16 5.5a3.5 3.5 0 0 1 0 6M18 14a6.5 6.5 0 0 1 3.5 5',
} as const;

export type IconName = keyof typeof paths;

/** A picture beside a text that says the same: screen readers skip it. */
export function Icon({ name, size = 20 }: { readonly name: IconName; readonly size?: number }) {
  return (
    <svg
      width={size}
      height={size}
      viewBox="0 0 24 24"
      fill="none"
      stroke="currentColor"
      stroke-width="2"
      stroke-linecap="round"
      stroke-linejoin="round"
      aria-hidden="true"
    >
      <path d={paths[name]} />
    </svg>
  );
}
