import { App, type AppProps, Validations } from 'aws-cdk-lib';
import { AwsSolutionsChecks } from 'cdk-nag';

/**
 * A CDK app whose synthesis fails on what AWS's Solutions rules find and nobody has accepted (`constructs/accept.ts`),
 * beside what CDK's own validation of templates finds.
 */
export function checkedApp(props?: AppProps): App {
  const app = new App(props);
  Validations.of(app).addPlugins(new AwsSolutionsChecks(app));
  return app;
}
