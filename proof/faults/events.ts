import { eventHandler } from '../../streamEventsApi/handleEvent.ts';
import type { Envelope } from '../../test/support/ivsEvents.ts';
import { inLife } from './lives.ts';
import type { HandleEvent } from './playEvents.ts';
import type { World } from './world.ts';

/** `postStreamEvents` as it is, each event in a life of its own. */
export function handleInProcess({ database }: Pick<World, 'database'>): HandleEvent {
  const handle = eventHandler({ database, clock: () => new Date(), log: quiet, count: () => {} });
  return (event: Envelope, trouble) => inLife(trouble, () => handle(event));
}

const silent = () => {};
const quiet = { info: silent, warn: silent, error: silent };
