import { ivsEventPattern } from '../../model/eventPattern.ts';

/** The stack's own rule as EventBridge takes it. CDK writes `detailType` what EventBridge calls `detail-type`. */
export const ivsRule = {
  source: ivsEventPattern.source,
  'detail-type': ivsEventPattern.detailType,
};
