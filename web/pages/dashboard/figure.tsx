interface FigureProps {
  readonly name: string;
  /** Null when there is none at the moment. */
  readonly value: string | null;
  readonly tone?: 'good' | 'warn' | 'bad' | undefined;
}

/** A number under its name, in a `<dl class="figures">`. */
export function Figure({ name, value, tone }: FigureProps) {
  return (
    <div>
      <dt>{name}</dt>
      <dd class={tone ?? ''}>{value ?? '–'}</dd>
    </div>
  );
}

interface Health {
  readonly isHealthy: boolean;
  readonly hasErrorEvent: boolean;
}

/** Returns the figure of a live stream's health. */
export function healthFigure(stream: Health | null): FigureProps {
  const name = 'Health';
  if (stream === null) return { name, value: null };
  if (!stream.isHealthy) return { name, value: 'Too little data', tone: 'bad' };
  return stream.hasErrorEvent
    ? { name, value: 'Good, after errors', tone: 'warn' }
    : { name, value: 'Good', tone: 'good' };
}
