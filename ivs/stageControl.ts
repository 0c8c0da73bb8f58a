import {
  CreateParticipantTokenCommand,
  DisconnectParticipantCommand,
  IVSRealTimeClient,
} from '@aws-sdk/client-ivs-realtime';
import { toTimestamp } from '../model/time.ts';
import { attempt } from './attempts.ts';
import { oneTry } from './clientSettings.ts';
import { doneWhenGone } from './errors.ts';
import type { StageControl } from './ports.ts';
import { required } from './required.ts';

/** Returns the calls that control who is on a stage, through `client`. */
export function stageControl(client = new IVSRealTimeClient(oneTry)): StageControl {
  return {
    // A repeated call is harmless: a token that no client received has no effect.
    createToken: (stageArn, { userId, capabilities, minutes, attributes }, budget) =>
      attempt(
        async () => {
          const { participantToken } = await client.send(
            new CreateParticipantTokenCommand({
              stageArn,
              userId,
              capabilities: [...capabilities],
              duration: minutes,
              attributes,
            }),
          );
          return {
            participantId: required(participantToken?.participantId, 'participantToken.participantId'),
            token: required(participantToken?.token, 'participantToken.token'),
            expiresAt: toTimestamp(
              required(participantToken?.expirationTime, 'participantToken.expirationTime'),
            ),
          };
        },
        'repeatable',
        budget,
      ),

    disconnect: (stageArn, participantId, reason, budget) =>
      doneWhenGone(
        attempt(
          () => client.send(new DisconnectParticipantCommand({ stageArn, participantId, reason })),
          'repeatable',
          budget,
        ),
      ),
  };
}
