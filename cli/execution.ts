import { runInProcess } from './account/command.ts';
import { runExecution } from './execution/run-execution.ts';

await runInProcess(runExecution);
