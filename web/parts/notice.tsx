import type { ComponentChildren } from 'preact';
import { sentenceOf } from '../data/problems.ts';
import { Icon, type IconName } from './icon.tsx';

interface NoticeProps {
  readonly icon: IconName;
  readonly title: string;
  /** `h1` where it is all that the page shows. */
  readonly level?: 'h1' | 'h2';
  readonly children?: ComponentChildren;
}

/** What a page shows instead of its content: why there is none, and what to do. */
export function Notice({ icon, title, level: Heading = 'h2', children }: NoticeProps) {
  return (
    <div class="notice">
      <Icon name={icon} size={44} />
      <Heading>{title}</Heading>
      {children}
    </div>
  );
}

interface FailureProps extends Pick<NoticeProps, 'level'> {
  readonly error: unknown;
  readonly retry: () => void;
}

/** A part of a page that could not be loaded. */
export function Failure({ error, retry, level }: FailureProps) {
  return (
    <div role="alert">
      <Notice icon="offline" title="This could not be loaded" {...(level === undefined ? {} : { level })}>
        <p>{sentenceOf(error)}</p>
        <button type="button" class="button primary" onClick={retry}>
          Try again
        </button>
      </Notice>
    </div>
  );
}
