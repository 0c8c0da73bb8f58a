import { useEffect, useRef } from 'preact/hooks';
import { ProblemError, sentenceOf } from '../data/problems.ts';

interface MoreProps {
  readonly hasNextPage: boolean;
  readonly isFetchingNextPage: boolean;
  /** Whether the next page was asked for and could not be loaded. */
  readonly isFetchNextPageError: boolean;
  readonly error: unknown;
  readonly fetchNextPage: () => unknown;
  readonly refetch: () => unknown;
}

/** The end of a list that loads its next page when the reader comes near. The button does the same by keyboard. */
export function More({ hasNextPage, isFetchingNextPage, isFetchNextPageError, error, ...pages }: MoreProps) {
  const { fetchNextPage, refetch } = pages;
  const end = useRef<HTMLDivElement>(null);
  const isAutomatic = hasNextPage && !isFetchingNextPage && !isFetchNextPageError;
  useEffect(() => {
    if (end.current === null || !isAutomatic) return;
    const observer = new IntersectionObserver(
      ([entry]) => {
        if (entry?.isIntersecting) void fetchNextPage();
      },
      { rootMargin: '600px' },
    );
    observer.observe(end.current);
    return () => observer.disconnect();
  }, [isAutomatic, fetchNextPage]);
  if (!hasNextPage) return null;
  if (isFetchNextPageError)
    return (
      <div class="more" role="alert">
        <p>{sentenceOf(error)}</p>
        <button
          type="button"
          class="button"
          onClick={() => void (isOutOfDate(error) ? refetch() : fetchNextPage())}
        >
          {isOutOfDate(error) ? 'Load the list again' : 'Try again'}
        </button>
      </div>
    );
  return (
    <div class="more" ref={end}>
      <button type="button" class="button" disabled={isFetchingNextPage} onClick={() => void fetchNextPage()}>
        {isFetchingNextPage ? 'Loading…' : 'Load more'}
      </button>
    </div>
  );
}

/** A list that was begun too long ago has no more pages: its cursor has expired. */
const isOutOfDate = (error: unknown) =>
  error instanceof ProblemError && error.problem.type === 'urn:problem-type:invalid-cursor';
