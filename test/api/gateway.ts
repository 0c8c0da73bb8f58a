import { isUtf8 } from 'node:buffer';
import { gunzipSync } from 'node:zlib';
import type { Context } from 'aws-lambda';
import { z } from 'zod';
import type { lambdaHandler } from '../../lambdas/api/http/lambda.ts';
import type { ResourceName } from '../../model/functions.ts';
import { fallbackResource, type RouteSpec, routes } from '../../model/routes.ts';
import type { Door } from './contract.ts';

export type LambdaFunction = ReturnType<typeof lambdaHandler>;

const resultSchema = z.object({
  statusCode: z.number(),
  // A header of a result has one value, so API Gateway takes Set-Cookie from `cookies`.
  headers: z.record(z.string().regex(/^(?!set-cookie$)/i), z.string()),
  cookies: z.array(z.string()).default([]),
  body: z.string(),
  isBase64Encoded: z.boolean(),
});

/**
 * An HTTP API in front of `functions`, as the functions see it: each request goes to the function whose route
 * it matches, or to the one behind `$default`, as an event of payload format 2.0.
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html
 */
export function gateway(functions: Record<ResourceName, LambdaFunction>): Door {
  return {
    request: async (path, init) => {
      const event = gatewayEvent(path, { ...init, body: await sentBody(init) });
      const { method } = event.requestContext.http;
      const route = table.find(
        ({ methods, pattern }) => methods.includes(method) && pattern.test(pathOf(path)),
      );
      const routeKey = route === undefined ? '$default' : `${method} ${route.path}`;
      const resource = route?.resource ?? fallbackResource;
      const requestContext = { ...event.requestContext, routeKey };
      return responseOf(await functions[resource]({ ...event, routeKey, requestContext }, context));
    },
  };
}

/** The bytes of a request's body, in any form that `fetch` takes. */
export async function sentBody(init: RequestInit = {}): Promise<Uint8Array<ArrayBuffer> | null> {
  return init.body === undefined || init.body === null
    ? null
    : new Uint8Array(await new Response(init.body).arrayBuffer());
}

/** The path of a request, as sent. */
export const pathOf = (path: string): string => /^[^?]*/.exec(path)?.[0] ?? '';

/** The response that API Gateway makes of a function's result in payload format 2.0. */
export function responseOf(result: unknown): Response {
  const { statusCode: status, headers: single, cookies, body, isBase64Encoded } = resultSchema.parse(result);
  const sent = Buffer.from(body, isBase64Encoded ? 'base64' : 'utf8');
  const headers = new Headers([
    ...Object.entries(single),
    ...cookies.map((cookie): [string, string] => ['Set-Cookie', cookie]),
  ]);
  const bytes = headers.get('content-encoding') === 'gzip' ? gunzipSync(sent) : sent;
  // The Response constructor refuses any body with these, even an empty one.
  return new Response([204, 304].includes(status) ? null : bytes, { status, headers });
}

const table = Object.values<RouteSpec>(routes).map(({ method, path, resource }) => ({
  resource,
  path,
  // Each GET route has a HEAD route too.
  methods: method === 'get' ? ['GET', 'HEAD'] : [method.toUpperCase()],
  pattern: new RegExp(`^${path.replaceAll('.', '\\.').replaceAll(/\{\w+\}/g, '[^/]+')}$`),
}));

let requests = 0;

/**
 * The event of one request, as API Gateway sends it for an API without authorizers: the path is decoded, the
 * query is not, and a binary body is in Base64.
 */
export function gatewayEvent(path: string, { method = 'GET', headers, body = null }: RequestInit = {}) {
  if (typeof body !== 'string' && !(body instanceof Uint8Array) && body !== null)
    throw new Error('a body must be text or bytes');
  const bytes = Buffer.from(body ?? '');
  const isBase64Encoded = !isUtf8(bytes);
  // API Gateway moves the cookies from the headers to a list.
  const { cookie = 'theme=dark; visit=1', ...sent } = Object.fromEntries(new Headers(headers));
  const pathname = decodeURIComponent(pathOf(path));
  const { search, searchParams } = new URL(path, 'https://api.example');
  const time = new Date('2026-01-15T10:00:00.000Z');
  return {
    version: '2.0',
    routeKey: '$default',
    rawPath: pathname,
    rawQueryString: search.slice(1),
    cookies: cookie.split('; '),
    headers: {
      'accept-encoding': 'gzip, deflate, br',
      'content-length': String(bytes.length),
      host: 'a1b2c3d4e5.execute-api.us-west-2.amazonaws.com',
      'user-agent': 'curl/8.5.0',
      'x-amzn-trace-id': 'Root=1-65a50000-000000000000000000000000',
      'x-forwarded-for': '203.0.113.7',
      'x-forwarded-port': '443',
      'x-forwarded-proto': 'https',
      ...sent,
    },
    ...(search === '' ? {} : { queryStringParameters: Object.fromEntries(searchParams) }),
    requestContext: {
      accountId: '000000000000',
      apiId: 'a1b2c3d4e5',
      authentication: null,
      authorizer: {},
      domainName: 'a1b2c3d4e5.execute-api.us-west-2.amazonaws.com',
      domainPrefix: 'a1b2c3d4e5',
      http: {
        method,
        path: pathname,
        protocol: 'HTTP/1.1',
        sourceIp: '203.0.113.7',
        userAgent: 'curl/8.5.0',
      },
      requestId: `JKJaXmPLvHc${++requests}ESHA=`,
      routeKey: '$default',
      stage: '$default',
      time: '15/Jan/2026:10:00:00 +0000',
      timeEpoch: time.getTime(),
    },
    body: body === null ? null : bytes.toString(isBase64Encoded ? 'base64' : 'utf8'),
    isBase64Encoded,
  } satisfies Record<string, unknown>;
}

export const context: Context = {
  callbackWaitsForEmptyEventLoop: true,
  functionName: 'test',
  functionVersion: '$LATEST',
  invokedFunctionArn: 'arn:aws:lambda:us-west-2:000000000000:function:test',
  memoryLimitInMB: '256',
  awsRequestId: '6c1f1b1e-0000-4000-8000-000000000000',
  logGroupName: '/aws/lambda/test',
  logStreamName: '2026/01/15/[$LATEST]0',
  getRemainingTimeInMillis: () => 10_000,
  done: () => {},
  fail: () => {},
  succeed: () => {},
};
