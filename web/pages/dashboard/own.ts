import { createContext } from 'preact';
import { useContext } from 'preact/hooks';
import type { Chat } from '../../chat/useChat.ts';
import type { Channel } from '../../data/channel.ts';

/** What all pages of the dashboard show a part of. */
export interface Own {
  /** The user's channel, in the newest state that was told. */
  readonly channel: Channel;
  /** The chat of the channel. Its connection also brings the events that tell of changes. */
  readonly chat: Chat;
  /** The channel was edited here: the state that an earlier event told is out of date. */
  readonly edited: () => void;
}

export const OwnContext = createContext<Own | undefined>(undefined);

/** Returns the user's channel. Only for pages of the dashboard. */
export function useOwn(): Own {
  const own = useContext(OwnContext);
  if (own === undefined) throw new Error('useOwn is used outside of the dashboard');
  return own;
}
