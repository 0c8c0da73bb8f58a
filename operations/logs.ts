import { runProcess } from '../seed/command.ts';
import { logsCommand } from './logsCommand.ts';

void runProcess(logsCommand);
