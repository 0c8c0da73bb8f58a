import { CommandError, VariableError } from '../model/variables.ts';
import { documentClient } from '../store/database.ts';
import { chatInSeededChannels } from './audience/seededChat.ts';
import { moveSeededViewers } from './audience/seededViewers.ts';
import { timed } from './log.ts';
import { nextSteps } from './nextSteps.ts';
import { hasDemo, isEmpty, seedLocal } from './seeding.ts';
import { readSettings } from './settings.ts';
import { startLocal } from './startLocal.ts';

const STOPPED = 'stopping';
const say = (text: string) => console.log(text);

// `make local`: starts the local stack, seeds an empty database, prints next steps, and runs until Ctrl-C.
async function main(): Promise<number> {
  // The SDK would otherwise warn about the Node version of its next release.
  process.env['AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED'] = 'true';
  const stopRequested = Promise.race([stopSignal(), parentEnded()]);
  const settings = readSettings(process.env);
  await checkSeedVariables(process.env);
  const stack = await startLocal({ ...settings, log: timed(say) });
  const end = Promise.race([stopRequested, stack.lost]);
  say(`local stack ${stack.stackName} answers at ${stack.apiUrl} (AWS: ${stack.awsUrl})`);
  const seeding = (await isEmpty(stack.names.channels)) ? seedLocal(stack.stackName) : undefined;
  if (seeding !== undefined) say('the database is empty: seeding');
  await Promise.race([seeding?.ready, seeding?.done, end]);
  const isReady = seeding === undefined || seeding.isReady();
  if (isReady) say(nextSteps({ ...stack, region: settings.region, hasDemo: await hasDemo(stack.names) }));
  const reported = seeding?.done.then(({ failure }) => {
    if (failure !== undefined) say(`seeding failed, so the stack has incomplete mock data: ${failure}`);
  });
  const database = { client: documentClient(), names: stack.names };
  const fail = (error: unknown) => say(`the simulation of seeded channels failed: ${error}`);
  const seeded = { database, clock: () => new Date(), random: Math.random, say: stack.sayInChat };
  const simulation = settings.isSimulated
    ? [moveSeededViewers(seeded, fail), chatInSeededChannels(seeded, fail)]
    : [];
  const reason = await end;
  say(reason);
  await Promise.all(simulation.map(task => task.stop()));
  database.client.destroy();
  seeding?.stop();
  await reported;
  await stack.stop();
  return reason === STOPPED ? 0 : 1;
}

/** Checks the variables of seeding before anything is started. @throws CommandError, VariableError */
async function checkSeedVariables(environment: NodeJS.ProcessEnv): Promise<void> {
  const variables = ['SEED_COUNT', 'OFFLINE_SESSION_COUNT', 'PAST_STREAMS', 'JSON', 'SEED'];
  if (!variables.some(name => environment[name])) return;
  // Imported only when needed, to save memory.
  const [{ readOptions }, { planOf }] = await Promise.all([
    import('../seed/options.ts'),
    import('../seed/seedStack.ts'),
  ]);
  planOf(readOptions(environment), new Date());
}

/** Resolves at the first signal. The second signal ends the process and the engine at once. */
function stopSignal(): Promise<string> {
  return new Promise(resolve => {
    let isRequested = false;
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
      process.on(signal, () => {
        if (isRequested) process.exit(1);
        isRequested = true;
        resolve(STOPPED);
      });
    }
  });
}

const PARENT_CHECK_MS = 500;

/** Resolves when `make` has ended: a killed `make` forwards no signal, and this process would run forever. */
function parentEnded(): Promise<string> {
  return new Promise(resolve => {
    // A process that was started without make may be meant to outlive its shell.
    if (process.env['MAKELEVEL'] === undefined) return;
    const { ppid } = process;
    setInterval(() => {
      if (process.ppid !== ppid) resolve('stopping, because make has ended');
    }, PARENT_CHECK_MS).unref();
  });
}

main().then(
  code => process.exit(code),
  error => {
    const isExpected = [CommandError, VariableError].some(type => error instanceof type);
    console.error(isExpected ? error.message : error);
    process.exit(1);
  },
);
