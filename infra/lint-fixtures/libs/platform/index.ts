export { connect } from '@touchline/event-store/eventstoredb/eventstoredb-event-store.js';
