import { Duration, Stack } from 'aws-cdk-lib';
import { AccessLogFormat } from 'aws-cdk-lib/aws-apigateway';
import {
  HttpApi as GatewayApi,
  HttpMethod,
  HttpRoute,
  HttpRouteKey,
  HttpStage,
  LogGroupLogDestination,
} from 'aws-cdk-lib/aws-apigatewayv2';
import { HttpLambdaIntegration } from 'aws-cdk-lib/aws-apigatewayv2-integrations';
import { Construct } from 'constructs';
import { ALLOWED_ORIGINS_VARIABLE, LIMITS_VARIABLE } from '../../model/functionEnvironment.ts';
import { type FunctionSpec, type ResourceName, resourceFunctions } from '../../model/functions.ts';
import { fallbackResource, type RouteSpec, routes } from '../../model/routes.ts';
import type { ApiMetrics } from './apiMetrics.ts';
import { logGroup } from './logs.ts';
import { suppressNag } from './nagSuppressions.ts';
import { NodeFunction } from './nodeFunction.ts';
import type { Platform } from './platform.ts';
import { ReasonMetric } from './reasonMetric.ts';
import { constructId } from './tables.ts';

/**
 * Longer than all attempts of the SDK together, so that the function itself returns a 503 for a slow table.
 * Shorter than API Gateway's limit of 30 s.
 */
const TIMEOUT = Duration.seconds(20);

/**
 * The requests per second and the burst that the API accepts: a fifth of the account's quota in a Region, so
 * that a flood does not affect other APIs of the account.
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/limits.html
 */
const throttle = { rateLimit: 2_000, burstLimit: 1_000 };

/**
 * The logged fields of a request. The client's address is not logged, because this project stores no
 * addresses. The query is not logged, because it may contain a cursor.
 */
const accessLogFormat = AccessLogFormat.custom(
  JSON.stringify({
    requestId: '$context.requestId',
    requestTime: '$context.requestTime',
    routeKey: '$context.routeKey',
    method: '$context.httpMethod',
    path: '$context.path',
    status: '$context.status',
    responseLength: '$context.responseLength',
    responseLatency: '$context.responseLatency',
    integrationLatency: '$context.integrationLatency',
    integrationError: '$context.integrationErrorMessage',
  }),
);

/**
 * The API Gateway routes for each method, by the suffix of their construct ids. API Gateway does not treat
 * HEAD as GET.
 */
const methods: Record<RouteSpec['method'], readonly (readonly [string, HttpMethod])[]> = {
  get: [
    ['Route', HttpMethod.GET],
    ['HeadRoute', HttpMethod.HEAD],
  ],
  post: [['Route', HttpMethod.POST]],
  put: [['Route', HttpMethod.PUT]],
  patch: [['Route', HttpMethod.PATCH]],
  delete: [['Route', HttpMethod.DELETE]],
};

/** The public HTTP API: every route of `model/routes.ts`, with one function per resource. */
export class HttpApi extends Construct {
  /** The host of the API. */
  readonly domain: string;
  /** The URL of the API (`https://…`), without a slash at the end. */
  readonly url: string;
  readonly metrics: ApiMetrics;

  constructor(scope: Construct, id: string, platform: Platform) {
    super(scope, id);
    // Preflight requests go to the fallback resource. The functions implement CORS themselves, so that the
    // container and local mode behave in the same way.
    const api = new GatewayApi(this, 'Api', {
      apiName: Stack.of(this).stackName,
      createDefaultStage: false,
    });
    new HttpStage(this, 'Stage', {
      httpApi: api,
      autoDeploy: true,
      throttle,
      accessLogSettings: {
        destination: new LogGroupLogDestination(logGroup(this, 'AccessLogs', platform.settings)),
        format: accessLogFormat,
      },
    });
    const integrations = this.integrations(platform);
    const integrationOf = (resource: ResourceName) => {
      const integration = integrations.get(resource);
      if (integration === undefined)
        throw new Error(`model/functions.ts has no function for the resource ${resource}`);
      return integration;
    };
    for (const [operationId, { method, path, resource }] of Object.entries<RouteSpec>(routes)) {
      for (const [id, httpMethod] of methods[method]) {
        new HttpRoute(this, `${constructId(operationId)}${id}`, {
          httpApi: api,
          routeKey: HttpRouteKey.with(path, httpMethod),
          integration: integrationOf(resource),
        });
      }
    }
    new HttpRoute(this, 'FallbackRoute', {
      httpApi: api,
      routeKey: HttpRouteKey.DEFAULT,
      integration: integrationOf(fallbackResource),
    });
    suppressNag(
      this,
      'AwsSolutions-APIG4',
      'The functions authorize requests as each route declares, so that the container does the same.',
    );
    const { region, urlSuffix } = Stack.of(this);
    this.domain = `${api.apiId}.execute-api.${region}.${urlSuffix}`;
    this.url = api.apiEndpoint;
    const minute = { period: Duration.minutes(1) };
    this.metrics = {
      requests: api.metricCount({ ...minute, label: 'Requests' }),
      serverErrors: api.metricServerError({ ...minute, statistic: 'Sum', label: '5xx' }),
      latencies: ['p50', 'p99'].map(statistic =>
        api.metricLatency({ ...minute, statistic, label: statistic }),
      ),
    };
  }

  private integrations(platform: Platform): ReadonlyMap<string, HttpLambdaIntegration> {
    const { allowedOrigins, limits } = platform.settings;
    const environment = {
      [ALLOWED_ORIGINS_VARIABLE]: allowedOrigins === '*' ? allowedOrigins : allowedOrigins.join(','),
      [LIMITS_VARIABLE]: JSON.stringify(limits),
    };
    const integrate = (service: string, spec: FunctionSpec) => {
      const { lambda, logs } = new NodeFunction(this, constructId(service), platform, {
        service,
        spec,
        timeout: TIMEOUT,
        environment,
      });
      if (spec.attachments)
        new ReasonMetric(this, `${constructId(service)}IvsQuota`, 'IvsQuotaReached', logs);
      return new HttpLambdaIntegration(`${constructId(service)}Integration`, lambda);
    };
    return new Map(
      Object.entries(resourceFunctions).map(([service, spec]) => [service, integrate(service, spec)]),
    );
  }
}
