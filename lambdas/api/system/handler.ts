import { resourceHandler } from '../http/lambda.ts';
import { systemApp } from './app.ts';

/**
 * Serves the health check and the OpenAPI document. API Gateway also sends requests that match no route here:
 * preflight requests are answered, all others get a problem document.
 */
export const handler = resourceHandler(systemApp());
