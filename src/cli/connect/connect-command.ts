import { setTimeout as sleep } from 'node:timers/promises';
import { type Command, InvalidArgumentError } from 'commander';
import type { Connector } from '../../protocol/connector.ts';
import { CommandFailure } from '../failure.ts';
import { urlOption, wholeNumber } from '../server-url.ts';
import { addConnector, readConnector } from './connector-api.ts';

interface IrcFlags {
  readonly url: string;
  readonly server: string;
  readonly port?: number;
  readonly tls?: true;
  readonly nick: string;
  readonly otherNick: readonly string[];
  readonly channel: readonly string[];
  readonly capability: readonly string[];
  readonly id?: string;
  readonly wait: number;
  readonly json?: true;
}

const LOOK_AGAIN_MS = 200;

/** `millrace connect`: adds a source of messages to a running server. */
export function addConnectCommand(program: Command): void {
  const command = program.command('connect').description('add a source of messages to a running server; it is kept');
  command
    .command('irc')
    .description('join channels of an IRC server, and wait until what is said there arrives')
    .requiredOption('--server <host>', 'host name or address of the IRC server')
    .option('--port <port>', 'default 6697 with --tls and 6667 without', parsePort)
    .option('--tls', 'connect with TLS and check the certificate')
    .requiredOption('--nick <nick>', 'nick to go by')
    .option('--other-nick <nick>', 'nick for when that is in use; may be given again', collect, [])
    .requiredOption('--channel <channel>', 'channel to join; may be given again', collect)
    .option('--capability <name>', 'IRCv3 capability to ask for; may be given again', collect, [])
    .option('--id <id>', 'name of the connector; made from the server’s when not given')
    .addOption(urlOption())
    .option('--wait <seconds>', 'how long to wait until it is live; 0 not at all', wholeNumber(0), 30)
    .option('--json', 'print the connector as JSON')
    .action(connectIrc);
}

async function connectIrc(flags: IrcFlags): Promise<void> {
  const { url, server, port, tls = false, nick, otherNick, channel, capability, id, wait, json } = flags;
  const added = await addConnector(url, {
    kind: 'irc',
    ...(id === undefined ? {} : { id }),
    server,
    ...(port === undefined ? {} : { port }),
    tls,
    nick,
    other_nicks: otherNick,
    channels: channel,
    capabilities: capability,
  });
  const connector = wait === 0 ? added : await untilSettled(url, added, wait * 1_000);
  process.stdout.write(json ? `${JSON.stringify(connector)}\n` : `${describe(connector)}\n`);
  if (wait === 0) return;
  if (connector.liveness !== 'live') {
    const reason = connector.last_error ?? `${connector.liveness} after ${wait} s`;
    throw new CommandFailure(`${reason}; the connector ${connector.id} stays and goes on trying`);
  }
  if (connector.last_error !== undefined) process.stderr.write(`millrace: ${connector.last_error}\n`);
}

/** The connector as it is once it is live or has failed, or when the time is over. */
async function untilSettled(url: string, added: Connector, withinMs: number): Promise<Connector> {
  const endsAt = performance.now() + withinMs;
  let connector = added;
  while (connector.liveness !== 'live' && connector.provider_failures === 0 && performance.now() < endsAt) {
    await sleep(LOOK_AGAIN_MS);
    connector = await readConnector(url, added.id);
  }
  return connector;
}

function describe({ id, channel, liveness, events_ingested: events }: Connector): string {
  return `${id}  ${channel}  ${liveness}  ${events} events`;
}

function parsePort(text: string): number {
  const port = /^\d{1,5}$/.test(text) ? Number(text) : 0;
  if (port < 1 || port > 65_535) throw new InvalidArgumentError('It must be a whole number from 1 to 65535.');
  return port;
}

function collect(value: string, previous: readonly string[] = []): readonly string[] {
  return [...previous, value];
}
