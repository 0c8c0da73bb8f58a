import { type BroadcastDependencies, sendMetadata, stopBroadcast } from '../../../domain/ownBroadcast.ts';
import { budgetOf } from '../../../ivs/budget.ts';
import { callerOf } from '../http/auth.ts';
import type { HandlerOf } from '../http/operation.ts';
import type { putMetadataOperation, stopStreamOperation } from './answers.ts';

// Metadata belongs to one moment of the stream, so a late delivery would be wrong.
const METADATA_BUDGET_MS = 2_000;
const STOP_BUDGET_MS = 8_000;

export function putMetadata(dependencies: BroadcastDependencies): HandlerOf<typeof putMetadataOperation> {
  return async c => {
    const { metadata } = c.req.valid('json');
    await sendMetadata(dependencies, callerOf(c).channelId, metadata, budgetOf(METADATA_BUDGET_MS));
    return c.body(null, 204);
  };
}

export function stopStream(dependencies: BroadcastDependencies): HandlerOf<typeof stopStreamOperation> {
  return async c => {
    await stopBroadcast(dependencies, callerOf(c).channelId, budgetOf(STOP_BUDGET_MS));
    return c.body(null, 204);
  };
}
