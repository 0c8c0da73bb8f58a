import type { ComponentChildren } from 'preact';
import { sentenceOf } from '../data/problems.ts';
import { Icon, type IconName } from './icon.tsx';

interface NoticeProps {
  readonly icon: IconName;
  readonly title: string;
  readonly children?: ComponentChildren;
}

/** What a page shows instead of its content: why there is none, and what to do. */
export function Notice({ icon, title, children }: NoticeProps) {
  return (
    <div class="notice">
      <Icon name={icon} size={44} />
      <h2>{title}</h2>
      {children}
    </div>
  );
}

/** A part of a page that could not be loaded. */
export function Failure({ error, retry }: { readonly error: unknown; readonly retry: () => void }) {
  return (
    <div role="alert">
      <Notice icon="offline" title="This could not be loaded">
        <p>{sentenceOf(error)}</p>
        <button type="button" class="button primary" onClick={retry}>
          Try again
        </button>
      </Notice>
    </div>
  );
}
