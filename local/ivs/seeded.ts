import { MOCK_ID_PREFIX } from '../../model/row.ts';

/** Whether a resource is one that only `make seed` knows of. */
export function isSeeded(arn: string): boolean {
  return arn.slice(arn.lastIndexOf('/') + 1).startsWith(MOCK_ID_PREFIX);
}
