import { runProcess } from '../seed/command.ts';
import { importCommand } from './importCommand.ts';

void runProcess(importCommand);
