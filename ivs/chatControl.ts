import {
  CreateChatTokenCommand,
  DeleteMessageCommand,
  DisconnectUserCommand,
  IvschatClient,
  SendEventCommand,
} from '@aws-sdk/client-ivschat';
import { toTimestamp } from '../model/time.ts';
import { attempt } from './attempts.ts';
import { oneTry } from './clientSettings.ts';
import type { ChatControl } from './ports.ts';
import { required } from './required.ts';

/** Returns the calls that act in chat rooms, through `client`. */
export function chatControl(client = new IvschatClient(oneTry)): ChatControl {
  return {
    // A repeated call is harmless: a token that no client received has no effect.
    createToken: (roomIdentifier, { userId, capabilities, sessionMinutes, attributes }, budget) =>
      attempt(
        async () => {
          const answer = await client.send(
            new CreateChatTokenCommand({
              roomIdentifier,
              userId,
              capabilities: [...capabilities],
              sessionDurationInMinutes: sessionMinutes,
              attributes,
            }),
          );
          return {
            token: required(answer.token, 'token'),
            tokenExpiresAt: toTimestamp(required(answer.tokenExpirationTime, 'tokenExpirationTime')),
            sessionExpiresAt: toTimestamp(required(answer.sessionExpirationTime, 'sessionExpirationTime')),
          };
        },
        'repeatable',
        budget,
      ),

    deleteMessage: async (roomIdentifier, id, reason, budget) => {
      await attempt(
        () => client.send(new DeleteMessageCommand({ roomIdentifier, id, reason })),
        'repeatable',
        budget,
      );
    },

    disconnectUser: async (roomIdentifier, userId, reason, budget) => {
      await attempt(
        () => client.send(new DisconnectUserCommand({ roomIdentifier, userId, reason })),
        'repeatable',
        budget,
      );
    },

    sendEvent: async (roomIdentifier, eventName, attributes, budget) => {
      await attempt(
        () => client.send(new SendEventCommand({ roomIdentifier, eventName, attributes })),
        // A repeated call would show the event twice.
        'once',
        budget,
      );
    },
  };
}
