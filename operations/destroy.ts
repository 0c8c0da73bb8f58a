import { runProcess } from '../seed/command.ts';
import { destroyCommand } from './destroyCommand.ts';

void runProcess(destroyCommand);
