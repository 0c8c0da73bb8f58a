import { httpApp } from '../http/app.ts';
import { allowedOriginsFrom } from '../http/environment.ts';
import { lambdaHandler } from '../http/lambda.ts';
import { lambdaLogger } from '../http/logger.ts';
import { systemApp } from './app.ts';

/**
 * Health and the OpenAPI document. API Gateway also sends it what no route matches: it answers preflights, and
 * everything else with a problem document.
 */
export const handler = lambdaHandler(
  httpApp({ logger: lambdaLogger, allowedOrigins: allowedOriginsFrom(process.env) }, [systemApp()]),
);
