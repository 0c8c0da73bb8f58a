import { runProcess } from '../seed/command.ts';
import { exportCommand } from './exportCommand.ts';

void runProcess(exportCommand);
