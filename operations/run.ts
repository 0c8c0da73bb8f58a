import { type Command, runProcess } from './command.ts';

/** The commands by name. Only the module of the requested command is loaded. */
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
  staff: async () => (await import('./staffCommand.ts')).staffCommand,
};

// The Makefile runs `node --import tsx operations/run.ts <command>`.
const load = commands[process.argv[2] ?? ''];
if (load === undefined) {
  console.error(
    `error: the command must be one of ${Object.keys(commands).join(', ')} (got ${process.argv[2]})`,
  );
  process.exitCode = 1;
} else {
  void runProcess(await load());
}
