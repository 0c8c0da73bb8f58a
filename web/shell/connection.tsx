import { useEffect, useState } from 'preact/hooks';
import { queryClient } from '../data/queryClient.ts';

/** Says that the browser has no network, and loads the page's data again when it is back. */
export function ConnectionBanner() {
  const [isOffline, setOffline] = useState(!navigator.onLine);
  useEffect(() => {
    const update = () => {
      setOffline(!navigator.onLine);
      if (navigator.onLine) retry();
    };
    addEventListener('online', update);
    addEventListener('offline', update);
    return () => {
      removeEventListener('online', update);
      removeEventListener('offline', update);
    };
  }, []);
  if (!isOffline) return null;
  return (
    <div class="offlineBanner" role="status">
      <span>You are offline. What you see may be out of date.</span>
      <button type="button" class="button" onClick={retry}>
        Try again
      </button>
    </div>
  );
}

const retry = () => void queryClient.invalidateQueries();
