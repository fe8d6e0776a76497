import { readFileSync } from 'node:fs';
import { WebSocketClient, type WebSocketClientOptions } from './websocket-client.ts';

/** Handshakes under way at a time. */
const CONCURRENCY = 128;
/** Ports left for the rest of the machine. */
const SPARE_PORTS = 1_000;

export interface OpenClients extends Disposable {
  readonly clients: readonly WebSocketClient[];
  readonly openMs: number;
}

export interface OpenClientsOptions extends Omit<WebSocketClientOptions, 'localAddress' | 'onEvents'> {
  readonly count: number;
  readonly onEvents?: (client: number, count: number, bytes: Buffer, start: number, end: number) => void;
}

/** Opens them all, from as many loopback addresses as their ports need; rejects when one is refused. */
export async function openClients({ count, onEvents, ...options }: OpenClientsOptions): Promise<OpenClients> {
  const perAddress = portsPerAddress();
  const clients: WebSocketClient[] = [];
  const dispose = () => {
    for (const client of clients) client[Symbol.dispose]();
  };
  const startedAt = performance.now();
  let next = 0;
  const lane = async () => {
    for (let index = next++; index < count; index = next++) {
      const address = Math.floor(index / perAddress);
      const client = await WebSocketClient.open({
        ...options,
        ...(address === 0 ? {} : { localAddress: `127.0.0.${1 + address}` }),
        ...(onEvents ? { onEvents: (...found) => onEvents(index, ...found) } : {}),
      });
      clients.push(client);
    }
  };
  try {
    await Promise.all(Array.from({ length: CONCURRENCY }, lane));
  } catch (error) {
    dispose();
    throw error;
  }
  return { clients, openMs: performance.now() - startedAt, [Symbol.dispose]: dispose };
}

function portsPerAddress(): number {
  const range = readFileSync('/proc/sys/net/ipv4/ip_local_port_range', 'utf8').trim().split(/\s+/).map(Number);
  const [first = 32_768, last = 60_999] = range;
  return Math.max(1, last - first + 1 - SPARE_PORTS);
}
