import { eventHandler } from '../../streamEventsApi/handleEvent.ts';
import type { Envelope } from '../support/ivsEvents.ts';
import { inLife } from './lives.ts';
import type { HandleEvent } from './playEvents.ts';
import type { World } from './world.ts';

/** `postStreamEvents` as it is, each event in a life and a process of its own: events that one process handles queue. */
export function handleInProcess({ database }: Pick<World, 'database'>): HandleEvent {
  const newHandler = () => eventHandler({ database, clock: () => new Date(), log: quiet, count: () => {} });
  return (event: Envelope, trouble) => inLife(trouble, () => newHandler()(event));
}

const silent = () => {};
const quiet = { info: silent, warn: silent, error: silent };
