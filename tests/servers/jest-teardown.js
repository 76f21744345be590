/** After the last test of a run, passed or failed. */
// biome-ignore lint/style/noDefaultExport: Jest asks for it
export { closeServers as default } from './jest-setup.js';
