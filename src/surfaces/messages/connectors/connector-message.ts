/** A message as a connector hands it over. */
export interface ConnectorMessage {
  readonly user: string;
  readonly channel: string;
  readonly text: string;
  /** ISO 8601 in UTC. */
  readonly sent_at: string;
  readonly display_name?: string;
  /** The source's, after the connector's id and a colon; repeated messages are known by it. */
  readonly id?: string;
  readonly connector: string;
}
