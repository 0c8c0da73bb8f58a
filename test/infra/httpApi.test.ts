import { describe, expect, test } from '@jest/globals';
import { fallbackResource, type RouteSpec, routes } from '../../model/routes.ts';
import { functionOf, functionsOf } from './support/functions.ts';
import { gatewayRoutesOf } from './support/gatewayRoutes.ts';
import { getAtt, onlyResource, resourcesOf } from './support/template.ts';
import { templateOf } from './support/templateOf.ts';

const template = templateOf();
const functions = functionsOf(template);
const integrations = resourcesOf(template, 'AWS::ApiGatewayV2::Integration');

describe('the HTTP API', () => {
  test('has the routes of the model, HEAD for each GET, and a default route, each with the function of its resource', () => {
    const deployed = gatewayRoutesOf(template).map(({ key, service }) => `${key} → ${service}`);
    const expected = Object.values<RouteSpec>(routes).flatMap(({ method, path, resource }) =>
      (method === 'get' ? ['GET', 'HEAD'] : [method.toUpperCase()]).map(
        verb => `${verb} ${path} → ${resource}`,
      ),
    );
    expect(deployed.sort()).toEqual([...expected, `$default → ${fallbackResource}`].sort());
  });

  test('has one integration per function, with payload format 2.0', () => {
    expect(integrations).toHaveLength(new Set(Object.values(routes).map(({ resource }) => resource)).size);
    for (const { Properties } of integrations) {
      expect(Properties).toMatchObject({ IntegrationType: 'AWS_PROXY', PayloadFormatVersion: '2.0' });
    }
  });

  test("may call each function for that function's routes", () => {
    const permitted = resourcesOf(template, 'AWS::Lambda::Permission').flatMap(({ Properties }) => {
      if (Properties['Principal'] !== 'apigateway.amazonaws.com') return [];
      const path = /"\/\*\/\*([^"]*)"/.exec(JSON.stringify(Properties['SourceArn']))?.[1];
      return [JSON.stringify([Properties['FunctionName'], path])];
    });
    const arnOf = (service: string) => getAtt(functionOf(functions, service).logicalId, 'Arn');
    const expected = Object.values(routes).map(({ path, resource }) => [arnOf(resource), path]);
    expect(new Set(permitted)).toEqual(
      new Set([...expected, [arnOf(fallbackResource), '']].map(pair => JSON.stringify(pair))),
    );
  });

  test('has a default stage that deploys automatically, is throttled, and logs requests without address and query', () => {
    const { Properties } = onlyResource(template, 'AWS::ApiGatewayV2::Stage');
    expect(Properties).toMatchObject({
      StageName: '$default',
      AutoDeploy: true,
      DefaultRouteSettings: {
        ThrottlingRateLimit: expect.any(Number),
        ThrottlingBurstLimit: expect.any(Number),
      },
    });
    const { Format } = Object(Properties['AccessLogSettings']);
    expect(JSON.parse(Format)).toMatchObject({ status: '$context.status', routeKey: '$context.routeKey' });
    expect(Format).not.toMatch(/sourceIp|queryString/i);
  });

  test('gives the allowed browser origins to its functions only', () => {
    const told = functions.filter(({ Environment }) => Environment.Variables['ALLOWED_ORIGINS'] === '*');
    const serving = new Set(Object.values(routes).map(({ resource }) => resource));
    expect(new Set(told.map(({ service }) => service))).toEqual(serving);
    expect(functions.length).toBeGreaterThan(told.length);
  });

  test('waits longer than its functions run', () => {
    for (const { resource } of Object.values(routes))
      expect(functionOf(functions, resource).Timeout).toBeLessThan(29);
  });
});
