import { connect } from 'node:net';

/** Names the socket at which the processes of one run of jest find its first one, which lends servers. */
export const lentServersVariable = 'ALO_TEST_SERVERS';

/**
 * Ends this process when it is one of several of a run of jest and the first one dies: else it would finish its
 * tests for nobody, with servers of its own. Gives back what unties it.
 */
export const tieToRun = (): (() => void) => {
  const socket = process.env[lentServersVariable];
  if (socket === undefined || !process.connected) return () => undefined;
  const { pid } = process;
  const die = () => process.kill(pid, 'SIGKILL');
  const tie = connect(socket).unref().on('close', die);
  tie.on('error', () => undefined);
  return () => void tie.off('close', die).destroy();
};
