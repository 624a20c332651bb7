"""PostgreSQL as Django has it, by connections that do not wait for a server that is silent."""
