import { parseIvsArn } from '../../model/arn.ts';
import { movableClock } from '../support/accounts.ts';
import { appOf, ask, newSecret } from './app.ts';
import { handleInProcess } from './events.ts';
import { inLife } from './lives.ts';
import type { ApiScene, AskApi } from './playApi.ts';
import type { Met } from './trouble.ts';
import type { World } from './world.ts';

/** The real API. Each request runs in a simulated process of its own, and the clock belongs to this scene. */
export function sceneInProcess(
  world: World,
  met: Met,
  newUsername: () => string,
  wrapped: (ask: AskApi) => AskApi = ask => ask,
): ApiScene & { readonly clock: () => Date } {
  const { clock, forward } = movableClock();
  const app = appOf({ ...world, clock, secret: newSecret() });
  const newAddress = addresses();
  return {
    database: world.database,
    ask: wrapped((sent, trouble) => inLife(trouble, () => ask(app, sent, sent.sourceIp ?? newAddress()))),
    handle: handleInProcess(world),
    clock,
    forward,
    keysAtIvs: channelId => keysAtIvs(world, channelId),
    newUsername,
    met,
  };
}

/** Returns a new IPv4 address on each call. */
export function addresses(): () => string {
  let given = 0;
  return () => {
    given++;
    return `10.${(given >> 16) & 255}.${(given >> 8) & 255}.${given & 255}`;
  };
}

/** The stream keys that IVS has for a channel. */
export function keysAtIvs({ ivs }: Pick<World, 'ivs'>, channelId: string): string[] {
  const { channels } = ivs.resources();
  const channel = channels.find(({ arn }) => parseIvsArn(arn, 'channel')?.id === channelId);
  return (channel?.streamKeys ?? []).map(({ value }) => value);
}
