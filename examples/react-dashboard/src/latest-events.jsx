import { STEADY_RECONNECT_POLICY } from 'millrace';
import { useLiveFeed } from 'millrace/react';
import { useState } from 'react';

// Made once, so that every component that uses it shares the connection.
const events = {
  url: '/stream',
  parse: (message) => message.data,
  settings: { policy: STEADY_RECONNECT_POLICY },
};

/** The last five things that any agent did while this page was open. */
export function LatestEvents() {
  const [latest, setLatest] = useState([]);
  useLiveFeed(events, (arrived) => setLatest((known) => [...arrived.toReversed(), ...known].slice(0, 5)));
  return (
    <section>
      <h2>Latest events</h2>
      <ol aria-label="Latest events">
        {latest.map((event) => (
          <li key={event.id}>
            {event.source_app}: {event.summary ?? event.event_type}
          </li>
        ))}
      </ol>
    </section>
  );
}
