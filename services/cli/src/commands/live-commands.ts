import type { Command } from 'commander';
import { addDoctorCommand } from './doctor-command.ts';
import { addPublishCommand } from './publish-command.ts';
import { addSendCommand } from './send-command.ts';
import { addStateCommand } from './state-command.ts';
import { addTailCommand } from './tail-command.ts';
import { addTopicsCommand } from './topics-command.ts';

/** What speaks to Kafka and Redis: loading its libraries takes half a second and 40 MB, which the others do without. */
export const addLiveCommands = (program: Command, policy: Command): void => {
  addPublishCommand(policy);
  addTopicsCommand(program);
  addDoctorCommand(program);
  addTailCommand(program);
  addStateCommand(program);
  addSendCommand(program);
};
