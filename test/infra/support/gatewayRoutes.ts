import type { Door } from '../../api/contract.ts';
import { gatewayEvent, pathOf, responseOf, sentBody } from '../../api/gateway.ts';
import type { AssembledStack } from './assembledStack.ts';
import { functionsOf } from './functions.ts';
import { type CfnTemplate, getAtt, resourcesOf } from './template.ts';

const FALLBACK = '$default';

/** A route of the HTTP API. */
export interface GatewayRoute {
  /** `GET /v1/health`, or `$default`. */
  readonly key: string;
  /** The service of the function that its integration invokes, if it belongs to this project. */
  readonly service: string | undefined;
}

/** Every route of a template. */
export function gatewayRoutesOf(template: CfnTemplate): GatewayRoute[] {
  const functions = functionsOf(template);
  const integrations = resourcesOf(template, 'AWS::ApiGatewayV2::Integration');
  return resourcesOf(template, 'AWS::ApiGatewayV2::Route').map(({ Properties }) => {
    const target = JSON.stringify(Properties['Target']);
    const integration = integrations.find(({ logicalId }) =>
      target.includes(JSON.stringify({ Ref: logicalId })),
    );
    const uri = JSON.stringify(integration?.Properties['IntegrationUri']);
    const behind = functions.find(({ logicalId }) => uri === JSON.stringify(getAtt(logicalId, 'Arn')));
    return { key: String(Properties['RouteKey']), service: behind?.service };
  });
}

/**
 * The API that the template describes. Each request becomes an event for the function of the matching route, which runs
 * from its bundle. If several routes match, API Gateway uses the most specific one.
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-routes.html
 */
export function deployedDoor({ template, invoke }: Pick<AssembledStack, 'template' | 'invoke'>): Door {
  const table = gatewayRoutesOf(template)
    .map(({ key, service }) => {
      const [method = '', path = ''] = key.split(' ');
      const pattern = path.replaceAll('.', '\\.').replaceAll(/\{\w+\}/g, '[^/]+');
      const parameters = path.split('{').length;
      return { key, service, method, path: new RegExp(`^${pattern}$`), parameters };
    })
    .sort((one, other) => one.parameters - other.parameters);
  const fallback = table.find(({ key }) => key === FALLBACK);
  return {
    request: async (path, init) => {
      const event = gatewayEvent(path, { ...init, body: await sentBody(init) });
      const { method } = event.requestContext.http;
      const matching = table.find(route => route.method === method && route.path.test(pathOf(path)));
      const { key, service } = matching ?? fallback ?? {};
      if (key === undefined || service === undefined) throw new Error(`no function answers ${path}`);
      const requestContext = { ...event.requestContext, routeKey: key };
      return responseOf(await invoke(service, { ...event, routeKey: key, requestContext }));
    },
  };
}
