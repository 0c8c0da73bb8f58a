import { useId } from 'preact/hooks';
import './charts.css';

interface SharesProps {
  readonly title: string;
  readonly shares: readonly { readonly kind: string; readonly share: number }[];
  /** The names of kinds that are not their own name. */
  readonly names: Readonly<Record<string, string>>;
}

const percent = new Intl.NumberFormat(undefined, { style: 'percent', maximumFractionDigits: 0 });

/** How the viewers divide into kinds: a bar for each. The number beside a bar says the same. */
export function Shares({ title, shares, names }: SharesProps) {
  const id = useId();
  const sorted = [...shares].filter(({ share }) => share > 0).sort((a, b) => b.share - a.share);
  return (
    <section class="panel shares" aria-labelledby={id}>
      <h2 id={id}>{title}</h2>
      {sorted.length === 0 && <p class="explained">No player has reported this yet.</p>}
      <ul>
        {sorted.map(({ kind, share }) => (
          <li key={kind}>
            <span>{names[kind] ?? kind}</span>
            <span class="share">{percent.format(share)}</span>
            <div class="track">
              <div class="bar" style={{ inlineSize: `${share * 100}%` }} />
            </div>
          </li>
        ))}
      </ul>
    </section>
  );
}
