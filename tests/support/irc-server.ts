import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describeMissing, findTool, NGIRCD } from '../../scripts/provision.ts';

export interface IrcServerOptions {
  /** Two servers of one network need different ones. Default `a.irc.test`. */
  readonly name?: string;
  /** Password that every client must give. */
  readonly password?: string;
  /** Names of channels that nobody gets into. */
  readonly closedChannels?: readonly string[];
  /** Files of a certificate and its key, in PEM; the server then listens with TLS too. */
  readonly tls?: { readonly certFile: string; readonly keyFile: string };
  /** The server to link with; it must have been started with the name of this one as `peer`. */
  readonly linkTo?: Pick<IrcServer, 'name' | 'port'>;
  /** Name of the server that will link with this one. */
  readonly peer?: string;
}

export interface IrcServer extends AsyncDisposable {
  readonly name: string;
  readonly port: number;
  readonly tlsPort: number;
  stop(): Promise<void>;
  /** On the same ports, after `stop`. */
  start(): Promise<void>;
}

const READY = /Server "[^"]+" \(on "[^"]+"\) ready/;
const START_LIMIT_MS = 60_000;
const LINK_PASSWORD = 'between-servers';

/** Starts Debian's ngircd on free ports of loopback, without what slows clients down or looks them up. */
export async function startIrcServer(options: IrcServerOptions = {}): Promise<IrcServer> {
  const binary = findTool(NGIRCD);
  if (binary === undefined) throw new Error(describeMissing([NGIRCD]));
  const { name = 'a.irc.test' } = options;
  const folder = mkdtempSync(join(tmpdir(), 'millrace-ngircd-'));
  // Started by root, ngircd goes on as nobody.
  chmodSync(folder, 0o755);
  const [port, tlsPort] = [await freePort(), await freePort()];
  const file = join(folder, 'ngircd.conf');
  writeFileSync(file, configuration(options, { name, port, tlsPort, folder }));
  let child: ChildProcess | undefined;

  const stop = async () => {
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const exited = once(child, 'exit');
    child.kill('SIGTERM');
    await exited;
  };
  const start = async () => {
    child = spawn(binary, ['-n', '-f', file], { stdio: ['ignore', 'pipe', 'pipe'] });
    await untilReady(child);
  };
  const end = async () => {
    await stop();
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    await start();
  } catch (error) {
    await end();
    throw error;
  }
  return { name, port, tlsPort, stop, start, [Symbol.asyncDispose]: end };
}

interface Place {
  readonly name: string;
  readonly port: number;
  readonly tlsPort: number;
  readonly folder: string;
}

function configuration(options: IrcServerOptions, { name, port, tlsPort, folder }: Place): string {
  const { password, closedChannels = [], tls, linkTo, peer } = options;
  const link = (other: string, more: readonly string[] = []) => [
    '[Server]',
    `Name = ${other}`,
    `MyPassword = ${LINK_PASSWORD}`,
    `PeerPassword = ${LINK_PASSWORD}`,
    ...more,
  ];
  return [
    '[Global]',
    `Name = ${name}`,
    'AdminInfo1 = test',
    'AdminInfo2 = test',
    'AdminEMail = test@irc.test',
    'Info = test',
    'MotdPhrase = hello',
    'Listen = 127.0.0.1',
    `Ports = ${port}`,
    `PidFile = ${join(folder, 'pid')}`,
    ...(password === undefined ? [] : [`Password = ${password}`]),
    '[Limits]',
    // A run that was cut off leaves no server behind.
    'IdleTimeout = 120',
    'ConnectRetry = 1',
    'MaxConnections = 0',
    'MaxConnectionsIP = 0',
    'MaxJoins = 0',
    'MaxNickLength = 20',
    'MaxPenaltyTime = 0',
    '[Options]',
    'DNS = no',
    'Ident = no',
    'PAM = no',
    ...(tls ? ['[SSL]', `CertFile = ${tls.certFile}`, `KeyFile = ${tls.keyFile}`, `Ports = ${tlsPort}`] : []),
    ...(linkTo ? link(linkTo.name, ['Host = 127.0.0.1', `Port = ${linkTo.port}`]) : []),
    ...(peer === undefined ? [] : link(peer)),
    ...closedChannels.flatMap((channel) => ['[Channel]', `Name = ${channel}`, 'Modes = i']),
    '',
  ].join('\n');
}

/** Another program may take the port before the server does; then the server says so and ends. */
async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (typeof address !== 'object' || address === null) throw new Error('no port is free');
  const closed = once(server, 'close');
  server.close();
  await closed;
  return address.port;
}

async function untilReady(child: ChildProcess): Promise<void> {
  let output = '';
  await new Promise<void>((resolve, reject) => {
    const fail = (why: string) => () => reject(new Error(`ngircd: ${why}; it wrote:\n${output}`));
    const timer = setTimeout(fail(`not ready within ${START_LIMIT_MS} ms`), START_LIMIT_MS);
    const read = (chunk: Buffer) => {
      output += chunk.toString();
      if (!READY.test(output)) return;
      clearTimeout(timer);
      resolve();
    };
    child.stdout?.on('data', read);
    child.stderr?.on('data', read);
    child.once('exit', fail('it ended'));
    child.once('error', reject);
  });
}
