import { Command } from 'commander';
import packageJson from '../../package.json' with { type: 'json' };
import { addBackupCommand } from './backup-command.ts';
import { addConformanceCommand } from './conformance/conformance-command.ts';
import { addConnectCommand } from './connect/connect-command.ts';
import { addDevModelCommand } from './dev-model/dev-model-command.ts';
import { addDoctorCommand } from './doctor/doctor-command.ts';
import { addPublishCommand } from './publish/publish-command.ts';
import { addRestoreCommand } from './restore-command.ts';
import { addServeCommand } from './serve-command.ts';
import { addTailCommand } from './tail/tail-command.ts';
import { addTokenCommand } from './token-command.ts';

/** The whole command line. It throws instead of ending the process. */
export function createProgram(): Command {
  const program = new Command('millrace')
    .description('Live dashboards that are never quietly wrong.')
    .version(packageJson.version)
    .exitOverride()
    .showHelpAfterError('(add --help for the options)');
  addServeCommand(program);
  addPublishCommand(program);
  addTailCommand(program);
  addConnectCommand(program);
  addConformanceCommand(program);
  addTokenCommand(program);
  addBackupCommand(program);
  addRestoreCommand(program);
  addDoctorCommand(program);
  addDevModelCommand(program);
  return program;
}
