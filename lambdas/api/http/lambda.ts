import { Logger } from '@aws-lambda-powertools/logger';
import type { Context } from 'aws-lambda';
import * as z from '../../../model/zod.ts';
import { httpApp } from './app.ts';
import type { HttpApp } from './context.ts';
import { allowedOriginsFrom } from './environment.ts';
import { encodedSegment } from './requestTarget.ts';

/** Powertools' structured logger, set up by the POWERTOOLS_* variables. */
export const lambdaLogger = new Logger();

/** The fields that the handler reads from an HTTP API event in payload format 2.0. */
const gatewayEvent = z.object({
  routeKey: z.string(),
  rawPath: z.string(),
  rawQueryString: z.string(),
  headers: z._default(z.record(z.string(), z.string()), {}),
  // Cookies are here instead of in the headers.
  cookies: z._default(z.array(z.string()), []),
  requestContext: z.looseObject({
    stage: z.string(),
    http: z.looseObject({ method: z.string() }),
  }),
  body: z.nullish(z.string()),
  isBase64Encoded: z.boolean(),
});
type GatewayEvent = z.infer<typeof gatewayEvent>;

/** The result that API Gateway sends to the client. A compressed body is encoded in base64. */
export interface GatewayResult {
  readonly statusCode: number;
  readonly headers: Readonly<Record<string, string>>;
  /** The `Set-Cookie` headers. `headers` can hold only one of them. */
  readonly cookies: readonly string[];
  readonly body: string;
  readonly isBase64Encoded: boolean;
}

/**
 * Creates the Lambda handler that answers API Gateway's events (HTTP API, payload format 2.0) with `app`. The
 * local server and the container give the same response to the same request.
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html
 */
export function lambdaHandler(app: HttpApp) {
  return async (event: unknown, context: Context): Promise<GatewayResult> => {
    lambdaLogger.addContext(context);
    const { requestContext, ...request } = gatewayEvent.parse(event);
    const response = await app.fetch(requestFrom({ ...request, requestContext }), { requestContext });
    const isBase64Encoded = response.headers.has('Content-Encoding');
    const body = Buffer.from(await response.arrayBuffer()).toString(isBase64Encoded ? 'base64' : 'utf8');
    const { status: statusCode } = response;
    const { 'set-cookie': _, ...headers } = Object.fromEntries(response.headers);
    return { statusCode, headers, cookies: response.headers.getSetCookie(), body, isBase64Encoded };
  };
}

/** Creates the Lambda handler for the routes of one resource, from the environment of its function. */
export const resourceHandler = (routes: HttpApp) =>
  lambdaHandler(httpApp({ logger: lambdaLogger, allowedOrigins: allowedOriginsFrom(process.env) }, [routes]));

function requestFrom(event: GatewayEvent): Request {
  const { rawQueryString, cookies, body, isBase64Encoded } = event;
  const headers = cookies.length === 0 ? event.headers : { ...event.headers, cookie: cookies.join('; ') };
  const { method } = event.requestContext.http;
  // A literal # would end the query.
  const search = rawQueryString === '' ? '' : `?${rawQueryString.replaceAll('#', '%23')}`;
  const isRead = method === 'GET' || method === 'HEAD';
  return new Request(`https://api${encodedPath(event)}${search}`, {
    // No route uses these methods, and the Request constructor rejects them.
    method: ['CONNECT', 'TRACE', 'TRACK'].includes(method) ? 'OTHER' : method,
    headers: Object.entries(headers).map(([name, value]): [string, string] => [name, headerValue(value)]),
    ...(body && !isRead ? { body: Buffer.from(body, isBase64Encoded ? 'base64' : 'utf8') } : {}),
  });
}

/**
 * Replaces each character that `Headers` rejects with a character that no valid header of this API contains.
 */
const headerValue = (value: string) => value.replaceAll(/[^\t\x20-\x7e\x80-\xff]/g, 'ÿ');

/**
 * Restores the path that the client sent. API Gateway has decoded it, and adds the name of a named stage in
 * front.
 */
function encodedPath({ rawPath, routeKey, requestContext: { stage } }: GatewayEvent): string {
  const prefix = `/${stage}`;
  const isPrefixed = stage !== '$default' && (rawPath === prefix || rawPath.startsWith(`${prefix}/`));
  const path = isPrefixed ? rawPath.slice(prefix.length) : rawPath;
  const segments = path.replace(/^\//, '').split('/');
  const [, template] = routeKey.split(' ');
  // An encoded slash belongs to a path parameter. After decoding, it would lead to another route than the one
  // that API Gateway matched. No parameter may contain a slash, so it does not matter which parameter gets
  // it.
  if (template !== undefined && template.split('/').length !== segments.length + 1)
    return template.replaceAll(/\{\w+\}/g, '%2F');
  return `/${segments.map(encodedSegment).join('/')}`;
}
