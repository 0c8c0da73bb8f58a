import { checkedApp } from '../lib/checkedApp.ts';
import { readDeployment } from '../lib/config/deployment.ts';
import { ConfigError } from '../lib/config/source.ts';
import { UgcStack } from '../lib/ugcStack.ts';

const app = checkedApp();
try {
  const { stackName, ...props } = readDeployment({
    context: key => app.node.tryGetContext(key),
    environment: process.env,
  });
  new UgcStack(app, stackName, props);
} catch (error) {
  if (!(error instanceof ConfigError)) throw error;
  console.error(error.message);
  // Exit now: otherwise CDK would synthesize an empty app.
  process.exit(1);
}
