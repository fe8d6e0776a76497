import { renderToStaticMarkup } from 'react-dom/server';
import { expect, it } from 'vitest';
import { ConnectorTable } from './connector-table.tsx';
import { connector } from './testing/ops-fixtures.ts';

it('says none and unknown where there is no connector', () => {
  const empty = renderToStaticMarkup(<ConnectorTable bodyId="body" connectors={[]} />);
  expect(empty).toContain(
    'id="tau-ops-connector-row-0" data-channel="none" data-mode="unknown" data-liveness="unknown" data-events-ingested="0" data-provider-failures="0"',
  );
  const one = renderToStaticMarkup(<ConnectorTable bodyId="body" connectors={[connector('irc')]} />);
  expect(one).toContain('id="tau-ops-connector-row-0" data-channel="/irc"');
  expect(one).not.toContain('data-channel="none"');
});
