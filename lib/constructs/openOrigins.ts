import { Annotations } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import type { StageSettings } from '../config/stageSettings.ts';

/**
 * Warns who synthesizes a stage that keeps its data when pages from everywhere may call its API. It is no more than a
 * warning: no cookie is involved, so such a page can only do what its visitor lets it sign in for.
 */
export function warnOfOpenOrigins(
  scope: Construct,
  { allowedOrigins, retainData }: Pick<StageSettings, 'allowedOrigins' | 'retainData'>,
): void {
  if (!retainData || allowedOrigins !== '*') return;
  Annotations.of(scope).addWarningV2(
    'ugc:openOrigins',
    'Pages of every origin may call the API: set ALLOWED_ORIGINS, or allowedOrigins of the stage in cdk.json',
  );
}
