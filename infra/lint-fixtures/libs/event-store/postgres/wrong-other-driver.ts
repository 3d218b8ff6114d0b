// breaks: driver-postgres
export { connect } from '../eventstoredb/eventstoredb-event-store.js';
