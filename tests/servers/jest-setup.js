import { openLentServers } from './lent-servers.ts';
import { lentServersVariable } from './tie-to-run.ts';

let servers;

/** Before the first test of a run. */
// biome-ignore lint/style/noDefaultExport: Jest asks for it
export default async () => {
  servers = await openLentServers();
  process.env[lentServersVariable] = servers.socket;
};

export const closeServers = () => servers.close();
