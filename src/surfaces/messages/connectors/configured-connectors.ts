import type { NewEvent } from '../../../engine/log/log.ts';
import type { StoredConnector } from './connector-rows.ts';
import { type ConfiguredIrc, identityOf, makeId } from './irc/irc-settings.ts';
import { type AddedBody, addedEvent, removedEvent } from './records.ts';

/** The configured connectors by their ids; those without one get it from the server's name, in the order given. */
export function configuredById(configured: readonly ConfiguredIrc[]): ReadonlyMap<string, ConfiguredIrc> {
  const taken = new Set(configured.flatMap(({ id }) => id ?? []));
  const byId = new Map<string, ConfiguredIrc>();
  for (const connector of configured) {
    const id = connector.id ?? makeId(connector, taken);
    taken.add(id);
    byId.set(id, connector);
  }
  return byId;
}

/** What of a configured connector is stored: neither its password nor a path of this machine. */
export function storedSettings(connector: ConfiguredIrc): AddedBody['settings'] {
  const { id: _, password: __, ca_file: ___, ...settings } = connector;
  return settings;
}

/**
 * What has to be recorded so that the log agrees with the configuration: configured connectors are there, and those that
 * were configured before are gone. One that was added while running gives way to a configured one that is the same.
 */
export function configurationChanges(
  stored: readonly StoredConnector[],
  configured: ReadonlyMap<string, ConfiguredIrc>,
): NewEvent[] {
  const identities = new Set([...configured.values()].map(identityOf));
  const gone = stored.filter(({ id, origin, settings }) => {
    if (settings === null || configured.has(id)) return false;
    return origin === 'configuration' || identities.has(identityOf(JSON.parse(settings)));
  });
  const byId = new Map(stored.map((row) => [row.id, row]));
  const added = [...configured].filter(([id, connector]) => {
    const row = byId.get(id);
    return row?.origin !== 'configuration' || row.settings !== JSON.stringify(storedSettings(connector));
  });
  return [
    ...gone.map(({ id }) => removedEvent({ id })),
    ...added.map(([id, connector]) =>
      addedEvent({ id, kind: 'irc', origin: 'configuration', settings: storedSettings(connector) }),
    ),
  ];
}
