import { runProcess } from './command.ts';
import { seedCommand } from './seedCommand.ts';

void runProcess(seedCommand);
