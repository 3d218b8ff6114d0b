// breaks: driver-postgres
export { decodeJwt } from 'jose';
