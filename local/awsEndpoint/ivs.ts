import type { IvsSimulator } from '../ivs/simulator.ts';
import { type AwsReply, type AwsService, json, jsonError, readJson } from './exchange.ts';

/**
 * The IVS control plane over REST-JSON: every operation is `POST /<name>` with all its members in the body.
 * Errors carry their text as `exceptionMessage`, and their type in a header.
 */
export function ivsService(ivs: IvsSimulator): AwsService {
  return ({ method, url, body }): AwsReply => {
    const operation = url.pathname.slice(1);
    if (method !== 'POST' || !ivs.knows(operation)) {
      return jsonError(
        404,
        'UnknownOperationException',
        `local mode has no IVS operation ${method} ${url.pathname}`,
      );
    }
    const answer = ivs.call(operation, readJson(body));
    switch (answer.kind) {
      case 'done':
        return json(200, answer.body);
      case 'refused':
        return json(
          answer.error.status,
          { exceptionMessage: answer.error.message },
          { 'x-amzn-ErrorType': answer.error.type },
        );
      case 'lost':
        return 'cutOff';
    }
  };
}
