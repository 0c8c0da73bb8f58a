import { createContext } from 'preact';
import { useContext } from 'preact/hooks';
import type { Chat } from '../../chat/useChat.ts';
import type { Channel } from '../../data/channel.ts';

/** What all pages of the dashboard show a part of. */
export interface Own {
  /** The user's channel, in the newest state that was told. */
  readonly channel: Channel;
  /** The channel was edited here: the state that an earlier event told is out of date. */
  readonly edited: () => void;
}

export const OwnContext = createContext<Own | undefined>(undefined);

/** The chat has a context of its own, because it changes several times per second in a busy room. */
export const ChatContext = createContext<Chat | undefined>(undefined);

/** Returns the user's channel. Only for pages of the dashboard. */
export const useOwn = (): Own => present(useContext(OwnContext));

/** Returns the chat of the user's channel, live. Only for pages of the dashboard. */
export const useOwnChat = (): Chat => present(useContext(ChatContext));

function present<T>(value: T | undefined): T {
  if (value === undefined) throw new Error('used outside of the dashboard');
  return value;
}
