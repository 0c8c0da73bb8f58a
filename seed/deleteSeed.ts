import { runProcess } from './command.ts';
import { deleteSeedCommand } from './deleteSeedCommand.ts';

void runProcess(deleteSeedCommand);
