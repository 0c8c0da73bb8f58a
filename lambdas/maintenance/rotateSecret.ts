import { randomBytes } from 'node:crypto';
import { Logger } from '@aws-lambda-powertools/logger';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { functionRequests } from '../../store/database.ts';
import { type RotationEvent, rotation } from './secretRotation.ts';

/**
 * Called by Secrets Manager, four times for each rotation of the secret that signs access tokens, once for each of
 * its steps; and again with the same event when a step failed. Nobody is signed out: tokens are checked with the
 * version before as well, and live for less time than there is between two rotations.
 */
const rotate = rotation({
  client: new SecretsManagerClient(functionRequests),
  newSecret: () => randomBytes(48).toString('base64url'),
});

const log = new Logger();

export const handler = async (event: RotationEvent): Promise<void> => {
  await rotate(event);
  log.info('a step of the rotation is done', { step: event.Step, version: event.ClientRequestToken });
};
