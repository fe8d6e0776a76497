import { ConnectionStatusBadge, LivePausedBanner, useConnection, useReconciliationStream } from 'millrace/react';
import { useState } from 'react';
import { LatestEvents } from './latest-events.jsx';

export function Dashboard() {
  const { services, status, isStale } = useReconciliationStream();
  const [onlyTroubled, setOnlyTroubled] = useState(false);
  const shown = services.filter((item) => !onlyTroubled || item.status !== 'verified');
  return (
    <main>
      <header>
        <h1>Our services</h1>
        <Status />
      </header>
      <LivePausedBanner />
      <label>
        <input type="checkbox" checked={onlyTroubled} onChange={() => setOnlyTroubled(!onlyTroubled)} /> Only those in
        trouble
      </label>
      {status === 'pending' && <p>Loading…</p>}
      {status === 'error' && <p role="alert">Millrace cannot be reached.</p>}
      <table aria-label="Services" className={isStale ? 'aged' : undefined}>
        <thead>
          <tr>
            <th scope="col">Service</th>
            <th scope="col">Status</th>
            <th scope="col">Counted</th>
          </tr>
        </thead>
        <tbody>
          {shown.map(({ service, status, counts }) => (
            <tr key={service}>
              <th scope="row">{service}</th>
              <td className={status}>{status}</td>
              <td>
                {Object.entries(counts)
                  .map(([key, value]) => `${key} ${value}`)
                  .join(', ')}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      <LatestEvents />
    </main>
  );
}

function Status() {
  const connection = useConnection();
  if (!connection) return null;
  const { connectionStatus, reconnect } = connection;
  return (
    <p>
      <ConnectionStatusBadge />{' '}
      {connectionStatus === 'reconnecting' && (
        <button type="button" onClick={reconnect}>
          Reconnect
        </button>
      )}
    </p>
  );
}
