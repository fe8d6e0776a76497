import type { LogRecord } from '../../src/engine/log/log.ts';
import type { Projection } from '../../src/engine/store/projection.ts';

/** How many events each channel has, and at which position that changed last. */
export const tallyProjection: Projection = {
  name: 'tally',
  version: 1,
  create: `CREATE TABLE tally (channel TEXT PRIMARY KEY, events INTEGER NOT NULL, changed_seq INTEGER NOT NULL);
    CREATE INDEX tally_by_change ON tally (changed_seq);`,
  drop: 'DROP TABLE tally',
  open(database) {
    const add = database.prepare(
      `INSERT INTO tally VALUES (?, 1, ?)
       ON CONFLICT (channel) DO UPDATE SET events = events + 1, changed_seq = excluded.changed_seq`,
    );
    return {
      apply(records: readonly LogRecord[]) {
        for (const { channel, seq } of records) add.run(channel, seq);
      },
    };
  },
};
