// Package zmtp speaks ZeroMQ's wire protocol, ZMTP 3.1 (RFC 37), as far as a
// Jupyter kernel needs it: bound ROUTER, XPUB and REP sockets over TCP and IPC,
// open (NULL) or encrypted (CURVE, RFC 26).
//
// It differs from libzmq where a kernel is better served:
//
//   - Each peer has its own queue, bounded in bytes, and its own writer. A
//     subscriber that stops reading loses its own messages and delays nobody.
//   - Messages to an XPUB socket can be marked as essential; they still fit when a
//     slow reader's queue is full, so it learns that a cell has ended.
//   - Each new subscription is reported together with its peer, which is what
//     Jupyter's iopub_welcome message needs.
//   - Close delivers what is queued, for as long as its linger time allows, and
//     leaves no goroutine, descriptor or socket file behind.
//   - Two peers may have one identity: replies go to the connection that asked.
//
// Peers older than ZMTP 3.0 (libzmq 3 and before) are refused. Frames and messages
// have limits, and memory is claimed as bytes arrive, not as they are announced.
//
// Sources: https://rfc.zeromq.org/spec/37 (ZMTP 3.1), /23 (ZMTP 3.0), /26 (CurveZMQ),
// /28 (request and reply), /29 (publish and subscribe), /32 (Z85).
package zmtp
