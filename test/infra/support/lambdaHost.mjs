// Runs a Lambda's bundle as the Node runtime does: `node lambdaHost.mjs <index.mjs> <seconds>`, in a process of its
// own that has nothing but the function's environment. Events come in as messages, results go out as messages.
import { pathToFileURL } from 'node:url';

const [, , bundle, seconds] = process.argv;
const loaded = import(pathToFileURL(bundle).href);

process.on('message', async ({ id, event }) => {
  const until = Date.now() + Number(seconds) * 1000;
  const context = {
    functionName: process.env.AWS_LAMBDA_FUNCTION_NAME,
    functionVersion: '$LATEST',
    awsRequestId: `request-${id}`,
    memoryLimitInMB: process.env.AWS_LAMBDA_FUNCTION_MEMORY_SIZE,
    getRemainingTimeInMillis: () => until - Date.now(),
  };
  try {
    const { handler } = await loaded;
    const result = await handler(event, context);
    process.send({ id, result: result ?? null });
  } catch (error) {
    process.send({ id, error: error instanceof Error ? (error.stack ?? error.message) : String(error) });
  }
});
