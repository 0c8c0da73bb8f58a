import type { Context } from 'aws-lambda';
import { type APIGatewayProxyResult, handle, type LambdaEvent } from 'hono/aws-lambda';
import type { HttpApp } from './context.ts';
import { lambdaLogger } from './logger.ts';

/** The Lambda handler that answers API Gateway's events (HTTP API, payload format 2.0) with `app`. */
export function lambdaHandler(app: HttpApp) {
  const answer = handle(app);
  return (event: LambdaEvent, context: Context): Promise<APIGatewayProxyResult> => {
    lambdaLogger.addContext(context);
    return answer(event, context);
  };
}
