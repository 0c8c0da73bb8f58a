import { CommandError, VariableError } from '../model/variables.ts';
import { timed } from './log.ts';
import { nextSteps } from './nextSteps.ts';
import { isEmpty, seedLocal } from './seeding.ts';
import { readSettings } from './settings.ts';
import { type LocalStack, startLocal } from './startLocal.ts';

const STOPPED = 'stopping';
const say = (text: string) => console.log(text);

// `make local`: starts everything, seeds an empty database, says what to try next, and runs until Ctrl-C.
async function main(): Promise<number> {
  // Whoever develops here need not hear which Node the next SDK will want.
  process.env['AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED'] = 'true';
  const asked = Promise.race([askedToStop(), parentEnded()]);
  const settings = readSettings(process.env);
  await checkSeedVariables(process.env);
  const stack = await startLocal({ ...settings, log: timed(say) });
  const end = Promise.race([asked, stack.lost]);
  say(`local stack ${stack.stackName} answers at ${stack.apiUrl} (AWS: ${stack.awsUrl})`);
  if (await seedWhenEmpty(stack, end)) say(nextSteps({ ...stack, region: settings.region }));
  const reason = await end;
  say(reason);
  await stack.stop();
  return reason === STOPPED ? 0 : 1;
}

/** Refuses what seeding would refuse, before anything is started. @throws CommandError, VariableError */
async function checkSeedVariables(environment: NodeJS.ProcessEnv): Promise<void> {
  const variables = ['SEED_COUNT', 'OFFLINE_SESSION_COUNT', 'JSON', 'SEED'];
  if (!variables.some(name => environment[name])) return;
  // What only seeding needs is not kept in memory otherwise.
  const [{ readOptions }, { planOf }] = await Promise.all([
    import('../seed/options.ts'),
    import('../seed/seedStack.ts'),
  ]);
  planOf(readOptions(environment), new Date());
}

/** Resolves at the first signal. At the second one the process ends at once, and takes the engine with it. */
function askedToStop(): Promise<string> {
  return new Promise(resolve => {
    let asked = false;
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
      process.on(signal, () => {
        if (asked) process.exit(1);
        asked = true;
        resolve(STOPPED);
      });
    }
  });
}

const PARENT_CHECK_MS = 500;

/** Resolves when `make` is gone. Killed, it passes nothing on, and nobody would end this process any more. */
function parentEnded(): Promise<string> {
  return new Promise(resolve => {
    // Started by hand, it may well be meant to outlive the shell.
    if (process.env['MAKELEVEL'] === undefined) return;
    const { ppid } = process;
    setInterval(() => {
      if (process.ppid !== ppid) resolve('make has ended, and so does this');
    }, PARENT_CHECK_MS).unref();
  });
}

/** Whether to go on: false when the stack was to end before all was seeded. */
async function seedWhenEmpty({ names, stackName }: LocalStack, end: Promise<string>): Promise<boolean> {
  if (!(await isEmpty(names.channels))) return true;
  say('the database is empty: seeding');
  const seeding = seedLocal(stackName);
  const ended = await Promise.race([seeding.done, end]);
  if (typeof ended === 'string') {
    seeding.stop();
    await seeding.done;
    return false;
  }
  if (ended.failure !== undefined) say(`seeding failed, so there is little to see: ${ended.failure}`);
  return true;
}

main().then(
  code => process.exit(code),
  error => {
    const isExpected = [CommandError, VariableError].some(type => error instanceof type);
    console.error(isExpected ? error.message : error);
    process.exit(1);
  },
);
