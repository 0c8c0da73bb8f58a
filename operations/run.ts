import { type Command, runProcess } from './command.ts';

/** Each command and the file that has it: only the one that is run is loaded. */
const commands: Readonly<Record<string, () => Promise<Command>>> = {
  deleteSeed: async () => (await import('./deleteSeedCommand.ts')).deleteSeedCommand,
  destroy: async () => (await import('./destroyCommand.ts')).destroyCommand,
  export: async () => (await import('./exportCommand.ts')).exportCommand,
  import: async () => (await import('./importCommand.ts')).importCommand,
  logs: async () => (await import('./logsCommand.ts')).logsCommand,
  outputs: async () => (await import('./outputsCommand.ts')).outputsCommand,
  reconcile: async () => (await import('./reconcileCommand.ts')).reconcileCommand,
  redrive: async () => (await import('./redriveCommand.ts')).redriveCommand,
  seed: async () => (await import('./seedCommand.ts')).seedCommand,
};

// `node --import tsx operations/run.ts <command>`, which is what the Makefile runs.
const load = commands[process.argv[2] ?? ''];
if (load === undefined) {
  console.error(
    `error: the command must be one of ${Object.keys(commands).join(', ')} (got ${process.argv[2]})`,
  );
  process.exitCode = 1;
} else {
  void runProcess(await load());
}
