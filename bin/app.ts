import { App } from 'aws-cdk-lib';
import { ConfigError } from '../lib/config/configError.ts';
import { readDeployment } from '../lib/config/deployment.ts';
import { UgcStack } from '../lib/ugcStack.ts';

const app = new App();
try {
  const { stackName, settings, env } = readDeployment({
    context: key => app.node.tryGetContext(key),
    environment: process.env,
  });
  new UgcStack(app, stackName, { settings, env });
} catch (error) {
  if (!(error instanceof ConfigError)) throw error;
  console.error(error.message);
  // Left to end by itself, the process would synthesize an empty app.
  process.exit(1);
}
