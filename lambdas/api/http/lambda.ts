import { Logger } from '@aws-lambda-powertools/logger';
import type { Context } from 'aws-lambda';
import { z } from 'zod';
import { httpApp } from './app.ts';
import type { HttpApp } from './context.ts';
import { allowedOriginsFrom } from './environment.ts';
import { encodedSegment } from './requestTarget.ts';

/** Powertools' structured logger, set up by the POWERTOOLS_* variables. */
export const lambdaLogger = new Logger();

/** What an answer needs of an event of an HTTP API, in payload format 2.0. */
const gatewayEvent = z.object({
  routeKey: z.string(),
  rawPath: z.string(),
  rawQueryString: z.string(),
  headers: z.record(z.string(), z.string()).default({}),
  requestContext: z.looseObject({
    stage: z.string(),
    http: z.looseObject({ method: z.string() }),
  }),
  body: z.string().nullish(),
  isBase64Encoded: z.boolean(),
});
type GatewayEvent = z.infer<typeof gatewayEvent>;

/** What API Gateway sends to the client. No answer of this API is binary. */
export interface GatewayResult {
  readonly statusCode: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  readonly isBase64Encoded: false;
}

/**
 * The Lambda handler that answers API Gateway's events (HTTP API, payload format 2.0) with `app`. The same request to
 * the local server or the container gets the same answer.
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html
 */
export function lambdaHandler(app: HttpApp) {
  return async (event: unknown, context: Context): Promise<GatewayResult> => {
    lambdaLogger.addContext(context);
    const { requestContext, ...request } = gatewayEvent.parse(event);
    const response = await app.fetch(requestFrom({ ...request, requestContext }), { requestContext });
    return {
      statusCode: response.status,
      headers: Object.fromEntries(response.headers),
      body: await response.text(),
      isBase64Encoded: false,
    };
  };
}

/** The Lambda handler of one resource's routes, from the environment of its function. */
export const resourceHandler = (routes: HttpApp) =>
  lambdaHandler(httpApp({ logger: lambdaLogger, allowedOrigins: allowedOriginsFrom(process.env) }, [routes]));

function requestFrom(event: GatewayEvent): Request {
  const { rawQueryString, headers, body, isBase64Encoded } = event;
  const { method } = event.requestContext.http;
  // It would end the URL.
  const search = rawQueryString === '' ? '' : `?${rawQueryString.replaceAll('#', '%23')}`;
  const isRead = method === 'GET' || method === 'HEAD';
  return new Request(`https://api${encodedPath(event)}${search}`, {
    // No route takes any of these, and a Request cannot be made with them.
    method: ['CONNECT', 'TRACE', 'TRACK'].includes(method) ? 'OTHER' : method,
    headers: Object.entries(headers).map(([name, value]): [string, string] => [name, headerValue(value)]),
    ...(body && !isRead ? { body: Buffer.from(body, isBase64Encoded ? 'base64' : 'utf8') } : {}),
  });
}

/** A header's value as `Headers` takes it. What it does not take becomes a letter that no header of this API may have. */
const headerValue = (value: string) => value.replaceAll(/[^\t\x20-\x7e\x80-\xff]/g, 'ÿ');

/**
 * The path as the client sent it, as far as that can be known: API Gateway has decoded it, and puts the name of a named
 * stage before it.
 */
function encodedPath({ rawPath, routeKey, requestContext: { stage } }: GatewayEvent): string {
  const prefix = `/${stage}`;
  const isPrefixed = stage !== '$default' && (rawPath === prefix || rawPath.startsWith(`${prefix}/`));
  const path = isPrefixed ? rawPath.slice(prefix.length) : rawPath;
  const segments = path.replace(/^\//, '').split('/');
  const [, template] = routeKey.split(' ');
  // A slash that was encoded is part of a parameter. Decoded, it would lead to another route than the one that API
  // Gateway found. No parameter of a route may have one, so which parameter it is makes no difference.
  if (template !== undefined && template.split('/').length !== segments.length + 1)
    return template.replaceAll(/\{\w+\}/g, '%2F');
  return `/${segments.map(encodedSegment).join('/')}`;
}
