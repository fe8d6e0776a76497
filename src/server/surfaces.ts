import type { Surface } from '../engine/surface.ts';
import {
  ALL_CONNECTORS,
  connectorOfRow,
  connectorsView,
  type StoredConnector,
} from '../surfaces/messages/connectors/connector-rows.ts';
import { createMessagesSurface } from '../surfaces/messages/surface.ts';
import { observability } from '../surfaces/observability/surface.ts';
import { type DiskSpace, diskSpaceOf } from '../surfaces/ops/alerts/figures.ts';
import type { OpsConnectors } from '../surfaces/ops/connectors.ts';
import { createOpsSurface } from '../surfaces/ops/surface.ts';
import { createProposalsSurface } from '../surfaces/proposals/surface.ts';
import { reconciliation } from '../surfaces/reconciliation/surface.ts';
import { type Config, needsToken } from './config.ts';

type SurfaceConfig = Pick<Config, 'host' | 'trustedNetwork' | 'dataDir' | 'irc' | 'projectsRoot'> &
  Partial<Pick<Config, 'alertRules' | 'validator' | 'validatorLimitMs' | 'modelBaseUrl' | 'model' | 'modelApiKey'>>;

/** What surfaces use of the machine. */
export interface SurfaceParts {
  /** Default: asks the system about the data folder. */
  readonly measureDisk?: () => Promise<DiskSpace>;
}

/** Every surface, one line each. Its projection stands in `projections.ts`. */
export function createSurfaces(config: SurfaceConfig, parts: SurfaceParts = {}): readonly Surface[] {
  const { validatorLimitMs } = config;
  const { measureDisk = () => diskSpaceOf(config.dataDir) } = parts;
  const model = modelOf(config);
  return [
    observability,
    reconciliation,
    createMessagesSurface({ irc: config.irc }),
    createProposalsSurface({
      projectsRoot: config.projectsRoot,
      runs: {
        validator: config.validator,
        model,
        ...(validatorLimitMs === undefined ? {} : { validationLimits: { timeLimitMs: validatorLimitMs } }),
      },
    }),
    createOpsSurface({
      connectors,
      alerts: { rules: config.alertRules ?? [], measureDisk },
      model,
      isGuarded: needsToken(config),
    }),
  ];
}

const connectors: OpsConnectors = {
  rows: connectorsView.rows,
  stored: {
    queries: [ALL_CONNECTORS],
    of: ([rows = []]) => (rows as readonly StoredConnector[]).map(connectorOfRow),
  },
};

function modelOf({ modelBaseUrl, model = '', modelApiKey }: SurfaceConfig) {
  return modelBaseUrl === undefined ? undefined : { baseUrl: modelBaseUrl, model, apiKey: modelApiKey };
}
