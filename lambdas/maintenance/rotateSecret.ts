import { randomBytes } from 'node:crypto';
import { Logger } from '@aws-lambda-powertools/logger';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { functionRequests } from '../../store/database.ts';
import { type RotationEvent, rotation } from './secretRotation.ts';

/**
 * Called by Secrets Manager once for each of the four steps of a rotation of the secret that signs access
 * tokens, and again with the same event when a step failed. No user is signed out: tokens of the previous
 * version stay valid, and their lifetime is shorter than the time between two rotations.
 */
const rotate = rotation({
  client: new SecretsManagerClient(functionRequests),
  newSecret: () => randomBytes(48).toString('base64url'),
});

const log = new Logger();

export const handler = async (event: RotationEvent): Promise<void> => {
  await rotate(event);
  log.info('rotation step completed', { step: event.Step, version: event.ClientRequestToken });
};
