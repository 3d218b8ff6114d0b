export { startWireServer, type WireServer, type WireServerOptions } from './wire-server/wire-server.js';
