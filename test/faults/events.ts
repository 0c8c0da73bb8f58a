import { eventHandler } from '../../streamEventsApi/handleEvent.ts';
import type { Envelope } from '../support/ivsEvents.ts';
import { inLife } from './lives.ts';
import type { HandleEvent } from './playEvents.ts';
import type { World } from './world.ts';

/**
 * The real `postStreamEvents`. Each event runs in a simulated process of its own, because one process would
 * queue them.
 */
export function handleInProcess({ database }: Pick<World, 'database'>): HandleEvent {
  const newHandler = () => eventHandler({ database, clock: () => new Date(), log: quiet, count: () => {} });
  return (event: Envelope, trouble) => inLife(trouble, () => newHandler()(event));
}

const silent = () => {};
const quiet = { info: silent, warn: silent, error: silent };
