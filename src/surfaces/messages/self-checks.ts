import type { WholeCheck } from '../../engine/self-check.ts';
import type { OwnerKind } from './owner-table.ts';

/** The counts of all messages, against the messages that are stored and those that are found by their text. */
export const messagesCheck: WholeCheck = {
  kind: 'whole',
  service: 'millrace/messages',
  expected: {
    sql: `SELECT 'messages' AS name, messages AS value FROM msg_total
      UNION ALL SELECT 'by time', messages FROM msg_total
      UNION ALL SELECT 'searchable', messages FROM msg_total`,
  },
  actual: {
    // The index has one row of sizes for each text.
    sql: `SELECT 'messages' AS name, count(*) AS value FROM msg_message
      UNION ALL SELECT 'by time', coalesce(sum(messages), 0) FROM msg_minute
      UNION ALL SELECT 'searchable', count(*) FROM msg_text_docsize`,
  },
};

export const channelsCheck = ownersCheck('channel');
export const usersCheck = ownersCheck('user');

/**
 * The counts of every channel or user, against the messages that are stored. All of them are counted anew each time, in an
 * index as narrow as can be: 25 ms for a million messages.
 */
function ownersCheck(kind: OwnerKind): WholeCheck {
  return {
    kind: 'whole',
    service: `millrace/${kind}s`,
    expected: {
      sql: `SELECT '${kind}s' AS name, ${kind}s AS value FROM msg_total
        UNION ALL SELECT 'messages', coalesce(sum(messages), 0) FROM msg_${kind}
        UNION ALL SELECT 'wrong counts', 0`,
    },
    actual: {
      sql: `WITH stored AS MATERIALIZED (
          SELECT ${kind} AS id, count(*) AS messages FROM msg_message INDEXED BY msg_message_by_${kind} GROUP BY ${kind}
        )
        SELECT '${kind}s' AS name, count(*) AS value FROM msg_${kind}
        UNION ALL SELECT 'messages', coalesce(sum(s.messages), 0) FROM stored AS s JOIN msg_${kind} AS o ON o.id = s.id
        UNION ALL SELECT 'wrong counts', count(*) FROM msg_${kind} AS o LEFT JOIN stored AS s ON s.id = o.id
          WHERE o.messages <> coalesce(s.messages, 0)`,
    },
  };
}
