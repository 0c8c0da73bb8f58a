import { z } from 'zod';
import { isSeeded } from '../../model/row.ts';
import { IvsError } from './errors.ts';
import { newArn } from './ids.ts';
import { checkLimit } from './limits.ts';
import { type IvsContext, type IvsOperations, operation, resourceName, roomArn } from './operation.ts';
import { cutPage, pageOf } from './pages.ts';
import { defaultRoom, type SimulatedRoom } from './roomState.ts';
import { tags } from './tags.ts';

const loggingConfiguration = z
  .string()
  .max(128)
  .regex(/^arn:aws:ivschat:[a-z0-9-]+:[0-9]+:logging-configuration\/[a-zA-Z0-9-]+$/);

const settings = {
  name: resourceName,
  maximumMessageRatePerSecond: z.number().int().min(1).max(100),
  maximumMessageLength: z.number().int().min(1).max(500),
  messageReviewHandler: z.object({
    /** An empty string removes the handler. */
    uri: z
      .string()
      .max(170)
      .regex(/^$|^arn:aws:lambda:[a-z0-9-]+:[0-9]{12}:function:.+$/)
      .optional(),
    fallbackResult: z.enum(['ALLOW', 'DENY']).optional(),
  }),
  loggingConfigurationIdentifiers: z.array(loggingConfiguration).max(3),
};

/** Operations on chat rooms. Rooms are identified by their ARNs. */
export const roomOperations: IvsOperations = {
  CreateRoom: operation(
    z.object({
      name: settings.name.default(''),
      maximumMessageRatePerSecond: settings.maximumMessageRatePerSecond.default(
        defaultRoom.maximumMessageRatePerSecond,
      ),
      maximumMessageLength: settings.maximumMessageLength.default(defaultRoom.maximumMessageLength),
      messageReviewHandler: settings.messageReviewHandler.optional(),
      loggingConfigurationIdentifiers: settings.loggingConfigurationIdentifiers.default([]),
      tags: tags.default({}),
    }),
    (context, given) => {
      checkLimit(context.state.rooms.size, context.limits.rooms, 'rooms');
      const now = context.now().toISOString();
      const room: SimulatedRoom = {
        arn: newArn(context, 'room'),
        ...given,
        createTime: now,
        updateTime: now,
      };
      context.state.putRoom(room);
      return describe(room);
    },
  ),

  GetRoom: operation(z.object({ identifier: roomArn }), (context, { identifier }) =>
    describe(findRoom(context, identifier)),
  ),

  UpdateRoom: operation(
    z.object({ identifier: roomArn, ...z.object(settings).partial().shape }),
    (context, { identifier, ...given }) => {
      const room = findRoom(context, identifier);
      const present = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
      const updated = { ...room, ...present, updateTime: context.now().toISOString() };
      context.state.putRoom(updated);
      return describe(updated);
    },
  ),

  DeleteRoom: operation(z.object({ identifier: roomArn }), (context, { identifier }) => {
    findRoom(context, identifier);
    context.state.removeRoom(identifier);
    context.sendToRoom({ kind: 'deleted', roomArn: identifier });
    return undefined;
  }),

  ListRooms: operation(
    z.object({
      name: resourceName.optional(),
      messageReviewHandlerUri: settings.messageReviewHandler.shape.uri,
      loggingConfigurationIdentifier: loggingConfiguration.optional(),
      ...pageOf(50, 50),
    }),
    ({ state }, input) => {
      const { name, messageReviewHandlerUri, loggingConfigurationIdentifier } = input;
      const rooms = [...state.rooms.values()]
        .filter(
          room =>
            (name === undefined || room.name === name) &&
            (messageReviewHandlerUri === undefined ||
              (room.messageReviewHandler?.uri ?? '') === messageReviewHandlerUri) &&
            (loggingConfigurationIdentifier === undefined ||
              room.loggingConfigurationIdentifiers.includes(loggingConfigurationIdentifier)),
        )
        .sort((a, b) => (a.arn < b.arn ? -1 : 1));
      const { items, nextToken } = cutPage(rooms, room => room.arn, input);
      return { rooms: items.map(summarize), nextToken };
    },
  ),
};

/**
 * Finds a room. A seeded room is created when it is first used.
 * @throws IvsError ResourceNotFoundException
 */
export function findRoom(
  { state, seededRoom, now }: Pick<IvsContext, 'state' | 'seededRoom' | 'now'>,
  arn: string,
): SimulatedRoom {
  const existing = state.rooms.get(arn);
  if (existing !== undefined) return existing;
  if (seededRoom !== undefined && isSeeded(arn)) {
    const time = now().toISOString();
    const room = {
      arn,
      name: '',
      ...defaultRoom,
      ...seededRoom,
      tags: {},
      createTime: time,
      updateTime: time,
    };
    state.putRoom(room);
    return room;
  }
  throw new IvsError('ResourceNotFoundException', `Room ${arn} does not exist`, {
    resourceId: arn,
    resourceType: 'ROOM',
  });
}

function describe(room: SimulatedRoom) {
  const { maximumMessageRatePerSecond, maximumMessageLength } = room;
  return { ...summarize(room), maximumMessageRatePerSecond, maximumMessageLength };
}

/** Returns the members that lists contain. */
function summarize(room: SimulatedRoom) {
  const { arn, name, messageReviewHandler, loggingConfigurationIdentifiers, createTime, updateTime } = room;
  return {
    arn,
    id: arn.slice(arn.lastIndexOf('/') + 1),
    name,
    createTime,
    updateTime,
    messageReviewHandler,
    loggingConfigurationIdentifiers,
    tags: room.tags,
  };
}
