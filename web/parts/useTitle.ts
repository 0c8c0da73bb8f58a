import { useEffect } from 'preact/hooks';

export const PRODUCT = 'Live';

/** Sets the title of the browser's tab while a page is shown. */
export function useTitle(title: string | undefined): void {
  useEffect(() => {
    document.title = title === undefined ? PRODUCT : `${title} · ${PRODUCT}`;
  }, [title]);
}
