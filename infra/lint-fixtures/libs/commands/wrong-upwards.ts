// breaks: layer-commands
export { Caller } from '@touchline/http';
