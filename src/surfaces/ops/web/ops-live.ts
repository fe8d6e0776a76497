import { createFeedConnection, type FeedConnection } from '../../../client/feed-connection.ts';
import { connectorRowSchema } from '../../../protocol/connector.ts';
import type { EventMessage } from '../../../protocol/frames.ts';
import { opsEventSchema } from '../events.ts';
import type { OpsModel } from './ops-model.ts';
import type { OpsMessage } from './ops-state.ts';
import type { OpsStream } from './stream.ts';

/** The feed of the page, made of what its markers say; idle until it is started. */
export function createOpsConnection(
  { url, transport, policy, poll }: OpsStream,
  { model, cursor }: { readonly model: OpsModel; readonly cursor: string | undefined },
): FeedConnection {
  return createFeedConnection<OpsMessage>({
    url,
    transport,
    settings: { policy, poll },
    cursor,
    snapshot: model.loadSnapshot,
    parse: readOpsMessage,
    onInvalid: (_message, cause) => console.error(`millrace: a message of ${url} could not be read:`, cause),
    onEvents: model.receive,
    onHeartbeat: model.receiveHeartbeat,
    onProblem(problem) {
      console.warn(`millrace: ${problem.kind}: ${problem.message}`);
      if (problem.kind === 'snapshot_failed') model.fail(problem.message);
    },
  });
}

function readOpsMessage(message: EventMessage): OpsMessage {
  return message.type === 'connector' ? connectorRowSchema.parse(message) : opsEventSchema.parse(message);
}
