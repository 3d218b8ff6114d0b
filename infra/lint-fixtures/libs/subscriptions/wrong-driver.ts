// breaks: log-is-opened-once
export { connect } from '@touchline/event-store/eventstoredb/eventstoredb-event-store.js';
