import { z } from 'zod';
import { describeChannel, findIncludingDeleted } from './channelOperations.ts';
import { ingestConfigurations } from './encoder.ts';
import { IvsError } from './errors.ts';
import { channelArn, type IvsOperations, operation, streamId } from './operation.ts';
import { cutPage, pageRequest } from './pages.ts';
import { sessionKey, viewSessions } from './sessions.ts';

/** The maximum number of `truncatedEvents`, the newest events of a session (API model of IVS). */
const MAX_TRUNCATED_EVENTS = 500;

/** Operations on all sessions, including those of deleted channels. */
export const streamSessionOperations: IvsOperations = {
  GetStreamSession: operation(z.object({ channelArn, streamId: streamId.optional() }), (context, input) => {
    const channel = findIncludingDeleted(context, input.channelArn);
    const sessions = viewSessions(channel);
    const session = sessions.find(
      candidate => input.streamId === undefined || candidate.streamId === input.streamId,
    );
    if (session === undefined) {
      throw new IvsError(
        'ResourceNotFoundException',
        `Channel ${channel.arn} has no session ${input.streamId ?? ''}`.trimEnd(),
      );
    }
    return {
      streamSession: {
        streamId: session.streamId,
        startTime: session.startTime,
        endTime: session.endTime,
        channel: describeChannel(context, channel),
        // IVS detects the encoder from the data that viewers can watch.
        ...(session.events.some(({ name }) => name === 'Stream Start')
          ? { ingestConfigurations: ingestConfigurations(session.streamId) }
          : {}),
        truncatedEvents: session.events
          .slice(0, MAX_TRUNCATED_EVENTS)
          .map(({ name, type, eventTime, code }) => ({ name, type, eventTime, code })),
      },
    };
  }),

  ListStreamSessions: operation(z.object({ channelArn, ...pageRequest }), (context, input) => {
    const sessions = viewSessions(findIncludingDeleted(context, input.channelArn));
    const { items, nextToken } = cutPage(sessions, sessionKey, input, 'descending');
    return {
      streamSessions: items.map(({ streamId, startTime, endTime, hasErrorEvent }) => ({
        streamId,
        startTime,
        endTime,
        hasErrorEvent,
      })),
      nextToken,
    };
  }),
};
