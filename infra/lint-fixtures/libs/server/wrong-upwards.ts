// breaks: layer-server
export { sealed } from '@touchline/sealing';
