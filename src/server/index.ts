/** A Millrace server inside another program; needs Bun. */

export { type Config, readConfig } from './config.ts';
export { type Millrace, type StartOptions, startMillrace } from './server.ts';
