// breaks: layer-auth
export { connect } from '@touchline/platform';
