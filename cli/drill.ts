import { runInProcess } from './account/command.ts';
import { runDrill } from './drill/run-drill.ts';

await runInProcess(runDrill);
