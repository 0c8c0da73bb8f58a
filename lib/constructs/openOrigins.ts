import { Annotations } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import type { StageSettings } from '../config/stageSettings.ts';

/**
 * Adds a warning to the synthesis of a stage with retained data whose API accepts pages of every origin. It
 * is not an error: pages of other origins cannot use the cookies of the API, so such a page can act only for a
 * user who signs in on that page.
 */
export function warnOfOpenOrigins(
  scope: Construct,
  { allowedOrigins, retainData }: Pick<StageSettings, 'allowedOrigins' | 'retainData'>,
): void {
  if (!retainData || allowedOrigins !== '*') return;
  Annotations.of(scope).addWarningV2(
    'ugc:openOrigins',
    'Pages of every origin may call the API: set ALLOWED_ORIGINS, or allowedOrigins of the stage in ' +
      'cdk.json',
  );
}
