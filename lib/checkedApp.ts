import { App, type AppProps, Validations } from 'aws-cdk-lib';
import { AwsSolutionsChecks } from 'cdk-nag';

/**
 * Creates a CDK app whose synthesis fails on every finding of AWS's Solutions rules that is not accepted
 * (`constructs/nagSuppressions.ts`), in addition to the findings of CDK's own template validation.
 */
export function checkedApp(props?: AppProps): App {
  const app = new App(props);
  Validations.of(app).addPlugins(new AwsSolutionsChecks(app));
  return app;
}
