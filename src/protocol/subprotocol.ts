/** Name of the WebSocket subprotocol in which batches, `hello` and in-band heartbeats are spoken (PROTOCOL.md R5). */
export const SUBPROTOCOL = 'millrace.v1';
