import type { RowSet } from '../../engine/feed.ts';
import type { Connector } from '../../protocol/connector.ts';
import type { Stored } from './stored.ts';

/** The connectors, which belong to another surface. */
export interface OpsConnectors {
  /** Their health, as it changes. */
  readonly rows: RowSet;
  /** All of them. */
  readonly stored: Stored<readonly Connector[]>;
}
