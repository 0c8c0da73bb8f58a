import { resourceHandler } from '../http/lambda.ts';
import { systemApp } from './app.ts';

/**
 * Health and the OpenAPI document. API Gateway also sends it what no route matches: it answers preflights, and
 * everything else with a problem document.
 */
export const handler = resourceHandler(systemApp());
