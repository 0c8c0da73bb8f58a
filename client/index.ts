export { type ApiClient, type ApiClientOptions, apiClient, listItems } from './client.ts';
export type { components, paths } from './schema.ts';
export {
  createSession,
  type Lock,
  memoryStore,
  type Session,
  type SessionOptions,
  type SessionState,
  type SessionStore,
  type SignIn,
  type StorageEvents,
  webStore,
} from './session.ts';
export {
  type ChannelState,
  type ReceivedEvent,
  type RoomEventName,
  type StageState,
  type StateListeners,
  stateEvents,
} from './stateEvents.ts';
