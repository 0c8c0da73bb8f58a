import { runProcess } from '../seed/command.ts';
import { redriveCommand } from './redriveCommand.ts';

void runProcess(redriveCommand);
