# Run once by the entrypoint of the image postgres, when there is no data yet.
#
# The program's role is no superuser: for one the database would not defend
# internal content (row-level security). The superuser keeps no password, so that
# nobody signs in as one but from within the container, for backups:
#   docker compose exec database pg_dump --username=postgres --format=custom tiendo
psql --username=postgres --dbname=postgres --set=ON_ERROR_STOP=1 --set=password="$POSTGRES_PASSWORD" <<'SQL'
CREATE ROLE tiendo LOGIN PASSWORD :'password';
CREATE DATABASE tiendo OWNER tiendo;
ALTER ROLE postgres PASSWORD NULL;
SQL
